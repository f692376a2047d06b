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
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
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
     * @param ofTwo whether it asks which of two is better, so that an answer can be known to be right
     * @param more texts beyond the first two
     * @param decided what leads decided, the last of which holds
     */
    record Case(
            long comparison,
            boolean ofTwo,
            String prompt,
            String first,
            String second,
            List<String> more,
            List<Said> said,
            List<Adjudication> decided) {}

    /**
     * A decision as the page sends it.
     *
     * @param id made when it was decided; the same in every resend
     * @param answer null takes back what was decided before
     */
    record Decided(UUID id, long comparison, @Nullable Answer answer) {}

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
                        comparison.kind() == Kind.PAIR,
                        comparison.prompt().text(),
                        comparison.first().text(),
                        comparison.second().text(),
                        comparison.more().stream().map(Completion::text).toList(),
                        said,
                        store.adjudications(id)));
    }

    private Comparison expect(long id) {
        return store.findComparison(id).orElseThrow(() -> new NotFoundResponse("there is no comparison " + id));
    }

    private void decide(Context ctx) {
        Decided given = Wire.body(ctx, Decided.class);
        expectDecidable(expect(given.comparison()), given.answer());
        String lead = Caller.expect(ctx).name();
        Adjudication stored = store.adjudicate(
                new Adjudication(given.id(), given.comparison(), given.answer(), lead, clock.instant()));
        audit.note(
                ctx,
                lead,
                "adjudication",
                given.answer() == null
                        ? "%d taken back".formatted(given.comparison())
                        : "%d is %s".formatted(given.comparison(), given.answer()));
        Wire.answer(ctx, stored);
    }

    private static void expectDecidable(Comparison comparison, @Nullable Answer answer) {
        if (comparison.kind() != Kind.PAIR) {
            throw new BadRequestResponse("comparison %d asks for a %s; only which of two is better can be decided"
                    .formatted(comparison.id(), comparison.kind().name().toLowerCase(Locale.ROOT)));
        }
        Asking.Repeat repeat = comparison.asking().repeat();
        if (repeat != null) {
            throw new BadRequestResponse(
                    "comparison %d asks %d again; decide that one".formatted(comparison.id(), repeat.original()));
        }
        if (answer == Answer.SKIP || answer == Answer.RANKED || answer == Answer.RATED) {
            throw new BadRequestResponse("%s decides nothing; say which is better, tie or both_bad, or leave answer out"
                    .formatted(answer.name().toLowerCase(Locale.ROOT)));
        }
    }
}
