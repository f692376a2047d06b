package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.Conflict;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import dev.heed.web.AccountApi.Done;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the labeling page asks of the server. Blind: no answer names a model. */
final class LabelApi {
    private static final int MOST_AT_ONCE = 20;
    private static final int LONGEST_COMMENT = 4000;
    private static final int LONGEST_TEXT = 20_000;
    private static final int MOST_REASONS = 20;
    private static final int LONGEST_REASON = 80;

    private final FeedbackStore store;
    private final InstantSource clock;
    private final long seed = new SecureRandom().nextLong(); // nobody can foretell what they will be asked
    private final AtomicLong lots = new AtomicLong();

    LabelApi(FeedbackStore store, InstantSource clock) {
        this.store = store;
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
     * @param comment in the labeler's own words
     * @param reasons ticked, or why it was skipped
     * @param flagged for the lead to look at
     * @param ranks of the completions as they stood on the page, from 1, the best; the same number is a tie
     * @param ratings of the completions as they stood on the page, from 1 to 7, by axis
     */
    record Given(
            UUID id,
            long comparison,
            String content,
            String labeler,
            Choice choice,
            long shownMs,
            Instant at,
            @Nullable UUID replaces,
            @Nullable String comment,
            @Nullable List<String> reasons,
            @Nullable Boolean flagged,
            @Nullable List<Integer> ranks,
            @Nullable Map<String, List<Integer>> ratings) {
        Note note() {
            String words = comment == null ? "" : comment.strip();
            List<String> ticked = reasons == null ? List.of() : reasons;
            if (words.length() > LONGEST_COMMENT) {
                throw new BadRequestResponse(
                        "a comment has at most %d characters, was %d".formatted(LONGEST_COMMENT, words.length()));
            }
            if (ticked.size() > MOST_REASONS
                    || ticked.stream().anyMatch(one -> one == null || one.length() > LONGEST_REASON)) {
                throw new BadRequestResponse(
                        "at most %d reasons of at most %d characters".formatted(MOST_REASONS, LONGEST_REASON));
            }
            return new Note(words, ticked, Boolean.TRUE.equals(flagged));
        }
    }

    /**
     * A better answer to a comparison's prompt.
     *
     * @param id made where it was written; the same in every resend
     * @param content as {@link Shown#content}
     */
    record Rewritten(UUID id, long comparison, String content, String labeler, String text, Instant at) {}

    /**
     * How far one labeler is.
     *
     * @param answered by this labeler, skipped ones included
     * @param remaining that this labeler could still answer
     */
    record Standing(long answered, long remaining) {}

    /**
     * What a labeler works on.
     *
     * @param version of the guidelines; 0 where there are none
     */
    record Assignment(long campaign, String name, List<String> reasons, int version, String guideline) {}

    List<Route> routes() {
        return List.of(
                get("/api/assignments", Access.LABELER, "the campaigns that ask", this::assignments)
                        .gives(Assignment[].class),
                get(
                                "/api/comparisons",
                                Access.LABELER,
                                "what to label next; blind, and held for you",
                                this::comparisons)
                        .asks("limit?", "except?", "campaign?")
                        .gives(Shown[].class),
                get("/api/standing", Access.LABELER, "how far one is", this::standing)
                        .asks("campaign?")
                        .gives(Standing.class),
                post("/api/preferences", Access.LABELER, "stored for good when this answers 200", this::add)
                        .takes(Given.class)
                        .gives(Standing.class),
                post(
                                "/api/demonstrations",
                                Access.LABELER,
                                "a better answer, written by a labeler",
                                this::addDemonstration)
                        .takes(Rewritten.class)
                        .gives(Done.class));
    }

    private static String name(Context ctx) {
        return Caller.expect(ctx).name();
    }

    private void assignments(Context ctx) {
        Wire.answer(
                ctx,
                store.campaigns().all().stream()
                        .filter(Campaign::open)
                        .map(this::assignment)
                        .toList());
    }

    private Assignment assignment(Campaign campaign) {
        return new Assignment(
                campaign.id(),
                campaign.name(),
                campaign.plan().reasons(),
                campaign.guideline(),
                store.campaigns().guideline(campaign.id()));
    }

    /** The one that is asked for, or the loop's. */
    private Campaign campaign(Context ctx) {
        return expectCampaign(Wire.queryNumber(ctx, "campaign", Campaign.LOOP));
    }

    private Campaign expectCampaign(long id) {
        return store.campaigns().find(id).orElseThrow(() -> new NotFoundResponse("there is no campaign " + id));
    }

    private void comparisons(Context ctx) {
        String labeler = name(ctx);
        Campaign campaign = campaign(ctx);
        int limit = (int) Math.max(1, Math.min(MOST_AT_ONCE, Wire.queryNumber(ctx, "limit", 5)));
        List<Comparison> next = campaign.open()
                ? store.hand(labeler, campaign, limit, except(ctx), clock.instant(), this::lot)
                : List.of();
        Wire.answer(
                ctx,
                next.stream().map(comparison -> Shown.to(labeler, comparison)).toList());
    }

    private double lot() {
        return Draws.uniform(seed, "lots", lots.getAndIncrement());
    }

    /** A resend answers the same. */
    private void add(Context ctx) {
        Given given = Wire.body(ctx, Given.class);
        String labeler = name(ctx);
        expectTheirs(given.labeler(), labeler);
        Comparison comparison = expectSameQuestion(given.comparison(), given.content());
        expectAsked(comparison, labeler);
        boolean secondOnLeft = Shown.order(labeler, comparison).indexOf(1)
                < Shown.order(labeler, comparison).indexOf(0);
        Instant now = clock.instant();
        store.label(
                comparison,
                new Preference(
                        given.id(),
                        given.comparison(),
                        labeler,
                        given.choice().answer(secondOnLeft),
                        secondOnLeft,
                        Math.max(0, given.shownMs()),
                        given.at().isAfter(now) ? now : given.at(),
                        given.replaces(),
                        given.note(),
                        Asked.PLAINLY,
                        Shown.grades(labeler, comparison, given.ranks(), given.ratings())));
        Wire.answer(ctx, standing(labeler, expectCampaign(comparison.asking().campaign())));
    }

    private static void expectTheirs(String labeler, String signedIn) {
        if (!labeler.equals(signedIn)) {
            throw new UnauthorizedResponse("this answer is %s's and %s has signed in; sign in as %s to send it"
                    .formatted(labeler, signedIn, labeler));
        }
    }

    private Comparison expectSameQuestion(long id, String content) {
        Comparison comparison =
                store.findComparison(id).orElseThrow(() -> new NotFoundResponse("there is no comparison " + id));
        if (!Shown.content(comparison).equals(content)) {
            throw new Conflict("comparison %d asks something else here".formatted(id));
        }
        return comparison;
    }

    private void addDemonstration(Context ctx) {
        Rewritten given = Wire.body(ctx, Rewritten.class);
        String labeler = name(ctx);
        expectTheirs(given.labeler(), labeler);
        Comparison comparison = expectSameQuestion(given.comparison(), given.content());
        String text = given.text().strip();
        if (text.isEmpty() || text.length() > LONGEST_TEXT) {
            throw new BadRequestResponse(
                    "an answer has 1 to %d characters, was %d".formatted(LONGEST_TEXT, text.length()));
        }
        Instant now = clock.instant();
        store.addDemonstration(new Demonstration(
                given.id(),
                comparison.prompt().id(),
                text,
                labeler,
                comparison.id(),
                given.at().isAfter(now) ? now : given.at()));
        Wire.answer(ctx, Done.DONE);
    }

    private static void expectAsked(Comparison comparison, String labeler) {
        Asking.Repeat repeat = comparison.asking().repeat();
        if (repeat != null && !repeat.labeler().equals(labeler)) {
            throw new ForbiddenResponse("comparison %d was not asked of you".formatted(comparison.id()));
        }
    }

    private void standing(Context ctx) {
        Wire.answer(ctx, standing(name(ctx), campaign(ctx)));
    }

    private Standing standing(String labeler, Campaign campaign) {
        return new Standing(store.answered(labeler), campaign.open() ? store.remaining(labeler, campaign) : 0);
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
