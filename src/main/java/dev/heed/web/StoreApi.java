package dev.heed.web;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.heed.db.Feedback;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.nio.file.Path;
import java.util.List;

/** The store for other processes of the same owner, while this one holds the home. {@link RemoteFeedback} asks. */
final class StoreApi {
    private static final TypeReference<List<Prompt>> PROMPTS = new TypeReference<>() {};
    private static final TypeReference<List<Comparison>> COMPARISONS = new TypeReference<>() {};
    private static final TypeReference<List<Preference>> PREFERENCES = new TypeReference<>() {};

    private final Feedback feedback;
    private final Path snapshots;

    StoreApi(Feedback feedback, Path home) {
        this.feedback = feedback;
        this.snapshots = home.toAbsolutePath().resolve("snapshots");
    }

    void routes(RoutesConfig routes) {
        routes.post("/api/store/prompts", ctx -> Wire.answer(ctx, feedback.addPrompts(Wire.bulk(ctx, PROMPTS))));
        routes.get("/api/store/prompts", ctx -> Wire.answer(ctx, feedback.prompts(Split.valueOf(text(ctx, "split")))));
        routes.post(
                "/api/store/comparisons",
                ctx -> Wire.answer(ctx, feedback.addComparisons(Wire.bulk(ctx, COMPARISONS))));
        routes.get("/api/store/comparisons", ctx -> Wire.answer(ctx, feedback.comparisons(number(ctx, "round"))));
        routes.get("/api/store/comparison", ctx -> Wire.answer(ctx, comparison(ctx)));
        routes.get(
                "/api/store/open",
                ctx -> Wire.answer(
                        ctx, feedback.open(text(ctx, "labeler"), number(ctx, "limit"), number(ctx, "answers"))));
        routes.get(
                "/api/store/remaining",
                ctx -> Wire.answer(ctx, feedback.remaining(text(ctx, "labeler"), number(ctx, "answers"))));
        routes.post(
                "/api/store/preferences",
                ctx -> Wire.answer(ctx, feedback.addPreferences(Wire.bulk(ctx, PREFERENCES))));
        routes.get("/api/store/preferences", ctx -> Wire.answer(ctx, feedback.preferences()));
        routes.get("/api/store/pairs", ctx -> Wire.answer(ctx, feedback.pairs()));
        routes.get("/api/store/snapshot", ctx -> Wire.answer(ctx, feedback.snapshot(snapshots)));
        routes.get("/api/store/tally", ctx -> Wire.answer(ctx, feedback.tally()));
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
