package dev.heed.web;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.heed.db.Feedback;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Event;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** The store for other processes of the same owner, while this one holds the home. {@link RemoteFeedback} asks. */
final class StoreApi {
    private static final String PURPOSE = "for other processes of the same owner";
    private static final TypeReference<List<Prompt>> PROMPTS = new TypeReference<>() {};
    private static final TypeReference<List<Comparison>> COMPARISONS = new TypeReference<>() {};
    private static final TypeReference<List<Preference>> PREFERENCES = new TypeReference<>() {};

    private static final TypeReference<List<Event>> EVENTS = new TypeReference<>() {};
    private static final TypeReference<List<Demonstrated>> DEMONSTRATIONS = new TypeReference<>() {};

    private final Feedback feedback;
    private final Path home;
    private final Path snapshots;

    StoreApi(Feedback feedback, Path home) {
        this.feedback = feedback;
        this.home = home;
        this.snapshots = home.toAbsolutePath().resolve("snapshots");
    }

    List<Route> routes() {
        return List.of(
                post("/api/store/prompts", ctx -> feedback.addPrompts(Wire.bulk(ctx, PROMPTS))),
                get("/api/store/prompts", ctx -> feedback.prompts(Split.valueOf(text(ctx, "split")))),
                post("/api/store/comparisons", ctx -> feedback.addComparisons(Wire.bulk(ctx, COMPARISONS))),
                get("/api/store/comparisons", ctx -> feedback.comparisons(number(ctx, "round"))),
                get("/api/store/comparison", ctx -> comparison(ctx)),
                get(
                        "/api/store/open",
                        ctx -> feedback.open(text(ctx, "labeler"), number(ctx, "limit"), number(ctx, "answers"))),
                get("/api/store/remaining", ctx -> feedback.remaining(text(ctx, "labeler"), number(ctx, "answers"))),
                post("/api/store/preferences", ctx -> feedback.addPreferences(Wire.bulk(ctx, PREFERENCES))),
                Route.get(
                        "/api/store/preferences",
                        Access.OWNER,
                        PURPOSE,
                        ctx -> Wire.stream(ctx, feedback::eachPreference)),
                Route.get("/api/store/pairs", Access.OWNER, PURPOSE, ctx -> Wire.stream(ctx, feedback::eachPair)),
                get("/api/store/campaign", this::campaign),
                get("/api/store/last", ctx -> feedback.lastPreference()),
                get("/api/store/excluded", ctx -> feedback.excluded()),
                Route.get(
                                "/api/store/events",
                                Access.OWNER,
                                PURPOSE,
                                ctx -> Wire.<Event>stream(
                                        ctx,
                                        reader -> feedback.eachEvent(
                                                Wire.queryNumber(ctx, "last", Long.MAX_VALUE), reader)))
                        .asks("last?"),
                Route.get(
                        "/api/store/demonstrations",
                        Access.OWNER,
                        PURPOSE,
                        ctx -> Wire.stream(ctx, feedback::eachDemonstration)),
                post("/api/store/events", ctx -> feedback.takeEvents(Wire.bulk(ctx, EVENTS))),
                post("/api/store/demonstrations", ctx -> feedback.takeDemonstrations(Wire.bulk(ctx, DEMONSTRATIONS))),
                post("/api/store/arrivals", ctx -> feedback.takePrompts(Wire.bulk(ctx, PROMPTS))),
                Route.get("/api/store/backup", Access.OWNER, PURPOSE, this::backup),
                get("/api/store/snapshot", ctx -> feedback.snapshot(snapshots)),
                get("/api/store/adjudications", ctx -> feedback.adjudications()),
                get("/api/store/gold", ctx -> feedback.gold()),
                get("/api/store/tally", ctx -> feedback.tally()));
    }

    private static Route get(String path, Function<Context, Object> answer) {
        return Route.get(path, Access.OWNER, PURPOSE, ctx -> Wire.answer(ctx, answer.apply(ctx)));
    }

    private static Route post(String path, Function<Context, Object> answer) {
        return Route.post(path, Access.OWNER, PURPOSE, ctx -> Wire.answer(ctx, answer.apply(ctx)));
    }

    /** By way of a file, so that a slow reader holds nobody up. */
    private void backup(Context ctx) throws IOException {
        Path file = home.resolve(".backup-%s.zip".formatted(UUID.randomUUID()));
        feedback.backup(file);
        ctx.contentType("application/zip").result(Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE));
    }

    private Campaign campaign(Context ctx) {
        return feedback.findCampaign(text(ctx, "name"))
                .orElseThrow(() -> new NotFoundResponse("there is no campaign " + text(ctx, "name")));
    }

    private Comparison comparison(Context ctx) {
        return feedback.findComparison(Long.parseLong(text(ctx, "id")))
                .orElseThrow(() -> new NotFoundResponse("there is no comparison " + text(ctx, "id")));
    }

    private static String text(Context ctx, String name) {
        String value = ctx.queryParam(name);
        if (value == null) {
            throw new IllegalArgumentException("%s is missing".formatted(name));
        }
        return value;
    }

    private static int number(Context ctx, String name) {
        return Integer.parseInt(text(ctx, name));
    }
}
