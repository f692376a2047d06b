package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How far the labels can be trusted, while they come in, and what holds where they cannot. */
final class QualityApi {
    private final FeedbackStore store;
    private final Measuring measuring;
    private final Audit audit;
    private final InstantSource clock;

    QualityApi(FeedbackStore store, Audit audit, InstantSource clock) {
        this.store = store;
        this.measuring = new Measuring(store, clock);
        this.audit = audit;
        this.clock = clock;
    }

    /** What one labeler said, with its note. */
    record Said(String labeler, String answer, @Nullable Grades grades, Note note, boolean extra) {}

    /**
     * A comparison and all that was said to it, in the comparison's own order.
     *
     * @param more texts beyond the first two
     * @param axes on which each is rated; empty where they are compared
     * @param decided what leads decided, the last of which holds
     */
    record Case(
            long comparison,
            Kind kind,
            String prompt,
            String first,
            String second,
            List<String> more,
            List<String> axes,
            List<Said> said,
            List<Adjudication> decided) {}

    /**
     * A decision as the page sends it.
     *
     * @param id made when it was decided; the same in every resend
     * @param answer null takes back what was decided before
     * @param ranks of the completions in the comparison's own order, from 1, the best; the same number is a tie
     * @param ratings of the completions in the same order, from 1 to 7, by axis
     */
    record Decided(
            UUID id,
            long comparison,
            @Nullable Answer answer,
            @Nullable List<Integer> ranks,
            @Nullable Map<String, List<Integer>> ratings) {}

    List<Route> routes() {
        return List.of(
                get("/api/quality", Access.LEAD, "agreement, and each labeler's habits", measuring)
                        .gives(Measuring.Measured.class),
                get("/api/quality/{comparison}", Access.LEAD, "all that was said to one comparison", this::one)
                        .gives(Case.class),
                get(
                                "/api/adjudications",
                                Access.LEAD,
                                "what leads decided and holds",
                                ctx -> Wire.answer(ctx, store.adjudications()))
                        .gives(Adjudication[].class),
                post(
                                "/api/adjudications",
                                Access.LEAD,
                                "decide what training reads where labelers disagree, or take that back",
                                this::decide)
                        .takes(Decided.class)
                        .gives(Adjudication.class));
    }

    private void one(Context ctx) {
        long id = Wire.pathNumber(ctx, "comparison");
        Comparison comparison = expect(id);
        List<Said> said = store.preferences(id).stream()
                .map(preference -> new Said(
                        preference.labeler(),
                        preference.answer().name().toLowerCase(Locale.ROOT),
                        preference.grades(),
                        preference.note(),
                        preference.asked().extra()))
                .toList();
        Wire.answer(
                ctx,
                new Case(
                        id,
                        comparison.kind(),
                        comparison.prompt().text(),
                        comparison.first().text(),
                        comparison.second().text(),
                        comparison.more().stream().map(Completion::text).toList(),
                        comparison.axes(),
                        said,
                        store.adjudications(id)));
    }

    private Comparison expect(long id) {
        return store.findComparison(id).orElseThrow(() -> new NotFoundResponse("there is no comparison " + id));
    }

    private void decide(Context ctx) {
        Decided given = Wire.body(ctx, Decided.class);
        Optional<Judgement> judgement = judgement(expect(given.comparison()), given);
        String lead = Caller.expect(ctx).name();
        Adjudication stored = store.adjudicate(new Adjudication(
                given.id(),
                given.comparison(),
                given.answer(),
                judgement.map(Judgement::grades).orElse(null),
                lead,
                clock.instant()));
        audit.note(
                ctx,
                lead,
                "adjudication",
                "%d %s"
                        .formatted(
                                given.comparison(),
                                judgement.map(one -> "is " + one).orElse("taken back")));
        Wire.answer(ctx, stored);
    }

    /** What is decided; empty where that is taken back. */
    private static Optional<Judgement> judgement(Comparison comparison, Decided given) {
        expectDecidable(comparison, given.answer());
        return Optional.ofNullable(given.answer()).map(answer -> {
            Judgement judgement = comparison.form().judgement(answer, given.ranks(), given.ratings());
            comparison.form().expectAnsweredBy(comparison.id(), judgement);
            return judgement;
        });
    }

    private static void expectDecidable(Comparison comparison, @Nullable Answer answer) {
        Asking.Repeat repeat = comparison.asking().repeat();
        if (repeat != null) {
            throw new BadRequestResponse(
                    "comparison %d asks %d again; decide that one".formatted(comparison.id(), repeat.original()));
        }
        if (answer == Answer.SKIP) {
            throw new BadRequestResponse("skip decides nothing; say what is right, or leave answer out");
        }
    }
}
