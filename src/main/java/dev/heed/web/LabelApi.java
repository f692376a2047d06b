package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.Conflict;
import dev.heed.db.Feedback;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the labeling page asks of the server. Blind: no answer names a model. */
final class LabelApi {
    private static final int MOST_AT_ONCE = 20;

    private final Feedback feedback;
    private final LabelQueue queue;
    private final InstantSource clock;

    LabelApi(Feedback feedback, LabelQueue queue, InstantSource clock) {
        this.feedback = feedback;
        this.queue = queue;
        this.clock = clock;
    }

    /**
     * An answer as the page sends it.
     *
     * @param id made when the answer was given; the same in every resend
     * @param content as {@link Shown#content}
     * @param labeler whose answer it is: where another has signed in meanwhile, it is not theirs
     * @param shownMs how long the question was on the screen
     * @param at when it was answered, by the browser's clock
     * @param replaces the answer that this one corrects
     */
    record Given(
            UUID id,
            long comparison,
            String content,
            String labeler,
            Choice choice,
            long shownMs,
            Instant at,
            @Nullable UUID replaces) {}

    /**
     * How far one labeler is.
     *
     * @param answered by this labeler, skipped ones included
     * @param remaining that this labeler could still answer
     */
    record Standing(long answered, long remaining) {}

    List<Route> routes() {
        return List.of(
                get("/api/comparisons", Access.LABELER, "what to label next; blind", this::comparisons)
                        .asks("limit?", "except?")
                        .gives(Shown[].class),
                get("/api/standing", Access.LABELER, "how far one is", ctx -> Wire.answer(ctx, standing(name(ctx))))
                        .gives(Standing.class),
                post("/api/preferences", Access.LABELER, "stored for good when this answers 200", this::add)
                        .takes(Given.class)
                        .gives(Standing.class));
    }

    private static String name(Context ctx) {
        return Caller.expect(ctx).name();
    }

    private void comparisons(Context ctx) {
        String labeler = name(ctx);
        int limit = (int) Math.max(1, Math.min(MOST_AT_ONCE, Wire.queryNumber(ctx, "limit", 5)));
        List<Shown> shown = queue.next(labeler, limit, except(ctx)).stream()
                .map(comparison -> Shown.to(labeler, comparison))
                .toList();
        Wire.answer(ctx, shown);
    }

    /** A resend answers the same. */
    private void add(Context ctx) {
        Given given = Wire.body(ctx, Given.class);
        String labeler = name(ctx);
        if (!given.labeler().equals(labeler)) {
            throw new UnauthorizedResponse("this answer is %s's and %s has signed in; sign in as %s to send it"
                    .formatted(given.labeler(), labeler, given.labeler()));
        }
        expectSameQuestion(given);
        boolean secondOnLeft = Shown.secondOnLeft(labeler, given.comparison());
        Instant now = clock.instant();
        feedback.addPreference(new Preference(
                given.id(),
                given.comparison(),
                labeler,
                given.choice().answer(secondOnLeft),
                secondOnLeft,
                Math.max(0, given.shownMs()),
                given.at().isAfter(now) ? now : given.at(),
                given.replaces()));
        Wire.answer(ctx, standing(labeler));
    }

    private void expectSameQuestion(Given given) {
        Comparison comparison = feedback.findComparison(given.comparison())
                .orElseThrow(() -> new NotFoundResponse("there is no comparison " + given.comparison()));
        if (!Shown.content(comparison).equals(given.content())) {
            throw new Conflict("comparison %d asks something else here".formatted(given.comparison()));
        }
    }

    private Standing standing(String labeler) {
        return new Standing(feedback.answered(labeler), queue.remaining(labeler));
    }

    private static Set<Long> except(Context ctx) {
        String list = ctx.queryParam("except");
        if (list == null || list.isEmpty()) {
            return Set.of();
        }
        try {
            return Arrays.stream(list.split(",")).map(Long::valueOf).collect(Collectors.toSet());
        } catch (NumberFormatException e) {
            throw new BadRequestResponse("except must be numbers with commas between, was " + list);
        }
    }
}
