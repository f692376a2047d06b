package dev.heed.web;

import static dev.heed.web.Route.delete;
import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.FeedbackStore;
import dev.heed.db.WebhookStore;
import dev.heed.db.WebhookStore.Delivery;
import dev.heed.db.WebhookStore.Happening;
import dev.heed.db.WebhookStore.Webhook;
import dev.heed.web.AccountApi.Done;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Which other servers are told what happens here. */
final class WebhookApi {
    private static final int MOST = 20;
    private static final int LATEST = 5;

    private final WebhookStore webhooks;
    private final Deliveries deliveries;
    private final Audit audit;
    private final InstantSource clock;

    WebhookApi(FeedbackStore store, Deliveries deliveries, Audit audit, InstantSource clock) {
        this.webhooks = store.webhooks();
        this.deliveries = deliveries;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param latest deliveries, the last one first */
    record Listed(Webhook webhook, List<Delivery> latest) {}

    /** @param url https, of a public host */
    record NewWebhook(String url, List<Happening> events) {}

    /** @param secret that every delivery is signed with; shown this once */
    record MadeWebhook(Webhook webhook, String secret) {}

    List<Route> routes() {
        return List.of(
                get("/api/webhooks", Access.LEAD, "who is told what happens here", this::all)
                        .gives(Listed[].class),
                post("/api/webhooks", Access.LEAD, "tell another server what happens here", this::add)
                        .takes(NewWebhook.class)
                        .gives(MadeWebhook.class),
                post("/api/webhooks/{id}/test", Access.LEAD, "tell it something, to see whether it arrives", this::test)
                        .gives(Done.class),
                delete("/api/webhooks/{id}", Access.LEAD, "tell it nothing any more", this::remove)
                        .gives(Done.class));
    }

    private void all(Context ctx) {
        Wire.answer(
                ctx,
                webhooks.all().stream()
                        .map(one -> new Listed(one, webhooks.deliveries(one.id(), LATEST)))
                        .toList());
    }

    private void add(Context ctx) {
        NewWebhook given = Wire.body(ctx, NewWebhook.class);
        if (given.events().isEmpty()
                || given.events().contains(null)
                || given.events().contains(Happening.TEST)) {
            throw new BadRequestResponse(
                    "events are one or more of preference_stored, campaign_full, campaign_closed and run_finished");
        }
        deliveries.expectAllowed(given.url());
        String secret = Deliveries.secret();
        String lead = Caller.expect(ctx).name();
        Webhook made = webhooks.add(given.url(), secret, given.events(), lead, clock.instant(), MOST);
        note(ctx, made, "added");
        Wire.answer(ctx, new MadeWebhook(made, secret));
    }

    private void test(Context ctx) {
        Webhook one = expect(ctx);
        Instant now = clock.instant();
        webhooks.tellOne(
                one.id(),
                Happening.TEST,
                "at " + now,
                Map.of("by", Caller.expect(ctx).name()),
                now);
        Wire.answer(ctx, Done.DONE);
    }

    private void remove(Context ctx) {
        Webhook one = expect(ctx);
        webhooks.remove(one.id());
        note(ctx, one, "removed");
        Wire.answer(ctx, Done.DONE);
    }

    /** Its path may be a secret of the receiver's. */
    private void note(Context ctx, Webhook webhook, String what) {
        String host = URI.create(webhook.url()).getHost();
        audit.note(ctx, Caller.expect(ctx).name(), "webhook", "%d, of %s, %s".formatted(webhook.id(), host, what));
    }

    private Webhook expect(Context ctx) {
        long id = Wire.pathNumber(ctx, "id");
        return webhooks.find(id).orElseThrow(() -> new NotFoundResponse("there is no webhook " + id));
    }
}
