package dev.heed.web;

import dev.heed.db.CampaignStore.Progress;
import dev.heed.db.FeedbackStore;
import dev.heed.db.WebhookStore.Due;
import dev.heed.db.WebhookStore.Happening;
import dev.heed.db.WebhookStore.Webhook;
import dev.heed.feedback.Campaign;
import dev.heed.run.RunDir;
import io.javalin.http.BadRequestResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other servers what happens here: a thread that looks for what waits and delivers it, signed as Standard Webhooks has it
 * (standardwebhooks.com): HMAC-SHA256 over id, time and body. What does not arrive is tried again for a day and a half.
 */
final class Deliveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final String SECRET = "whsec_";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int AT_ONCE = 20;
    private static final long LOOK_MS = 2_000;
    private static final List<Duration> WAITS = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(18));

    private final FeedbackStore store;
    private final Path home;
    private final Destination.Policy policy;
    private final Courier courier;
    private final InstantSource clock;
    private final Thread thread = new Thread(this::work, "webhooks");
    private final CountDownLatch closed = new CountDownLatch(1);

    Deliveries(FeedbackStore store, Path home, InstantSource clock) {
        this(store, home, Destination.Policy.PUBLIC, new Courier(PATIENCE), clock);
    }

    Deliveries(FeedbackStore store, Path home, Destination.Policy policy, Courier courier, InstantSource clock) {
        this.store = store;
        this.home = home;
        this.policy = policy;
        this.courier = courier;
        this.clock = clock;
        thread.setDaemon(true);
    }

    /** A secret as its receiver is told it, once. */
    static String secret() {
        return SECRET
                + Base64.getEncoder().encodeToString(Base64.getUrlDecoder().decode(Secrets.random()));
    }

    /** @throws BadRequestResponse if no delivery may go there */
    void expectAllowed(String url) {
        Destination.of(url, policy);
    }

    void start() {
        thread.start();
    }

    private void work() {
        while (!rests()) {
            try {
                turn();
            } catch (RuntimeException e) {
                LOG.warn("nothing was delivered: {}", e.getMessage());
            }
        }
    }

    /** Waits a while. @return whether that is the end */
    private boolean rests() {
        try {
            return closed.await(LOOK_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Delivers what is due. @return how many arrived */
    int turn() {
        List<Webhook> all = store.webhooks().all();
        if (all.isEmpty()) {
            return 0;
        }
        if (wanted(all, Happening.RUN_FINISHED)) {
            RunDir.all(home).stream().filter(RunDir::finished).forEach(this::tellFinished);
        }
        if (wanted(all, Happening.CAMPAIGN_FULL)) {
            store.campaigns().all().forEach(this::tellFull);
        }
        Set<Long> silent = new HashSet<>(); // what else there is for them waits until it may be claimed again
        int arrived = 0;
        for (Due due : store.webhooks().claim(AT_ONCE, clock.instant())) {
            if (closed.getCount() == 0 || silent.contains(due.webhook())) {
                continue;
            }
            boolean here = attempt(due);
            arrived += here ? 1 : 0;
            if (!here) {
                silent.add(due.webhook());
            }
        }
        return arrived;
    }

    private static boolean wanted(List<Webhook> all, Happening event) {
        return all.stream().anyMatch(one -> one.events().contains(event));
    }

    private void tellFinished(RunDir run) {
        try {
            Instant at =
                    Files.getLastModifiedTime(run.path().resolve("result.json")).toInstant();
            store.webhooks()
                    .tell(Happening.RUN_FINISHED, "%s at %s".formatted(run.name(), at), Map.of("run", run.name()), at);
        } catch (IOException e) {
            LOG.debug("{} went away: {}", run.name(), e.getMessage());
        }
    }

    private void tellFull(Campaign campaign) {
        Progress progress = store.campaigns().progress(campaign);
        if (progress.comparisons() > 0 && progress.done() == progress.comparisons()) {
            store.webhooks()
                    .tell(
                            Happening.CAMPAIGN_FULL,
                            "%d of %d".formatted(campaign.id(), progress.comparisons()),
                            Map.of(
                                    "campaign",
                                    campaign.name(),
                                    "comparisons",
                                    progress.comparisons(),
                                    "preferences",
                                    progress.preferences()),
                            clock.instant());
        }
    }

    private boolean attempt(Due due) {
        Instant now = clock.instant();
        byte[] body = due.body().getBytes(StandardCharsets.UTF_8);
        String outcome;
        boolean arrived = false;
        try {
            int status = courier.post(Destination.of(due.url(), policy), signed(due, body, now), body);
            arrived = status / 100 == 2;
            outcome = status / 100 == 3
                    ? "answered %d; redirects are not followed".formatted(status)
                    : "answered " + status;
        } catch (IOException | BadRequestResponse e) {
            outcome = String.valueOf(e.getMessage());
        }
        store.webhooks().attempted(due, arrived, outcome, arrived ? null : again(due.attempts(), now));
        return arrived;
    }

    /** @param before attempts that were made before this one */
    private static @Nullable Instant again(int before, Instant now) {
        return before < WAITS.size() ? now.plus(WAITS.get(before)) : null;
    }

    private static Map<String, String> signed(Due due, byte[] body, Instant now) {
        long seconds = now.getEpochSecond();
        return Map.of(
                "webhook-id",
                due.id().toString(),
                "webhook-timestamp",
                String.valueOf(seconds),
                "webhook-signature",
                signature(due.secret(), due.id().toString(), seconds, body));
    }

    /** As Standard Webhooks has it. */
    static String signature(String secret, String id, long seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(SECRET.length())), "HmacSHA256"));
            mac.update("%s.%d.".formatted(id, seconds).getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** When this returns, nothing of it is in the store. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
