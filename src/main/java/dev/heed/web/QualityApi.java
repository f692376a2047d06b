package dev.heed.web;

import static dev.heed.web.Route.get;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/** How far the labels can be trusted, while they come in. */
final class QualityApi {
    private final FeedbackStore store;
    private final Measuring measuring;

    QualityApi(FeedbackStore store, InstantSource clock) {
        this.store = store;
        this.measuring = new Measuring(store, clock);
    }

    /** What one labeler said, with its note. */
    record Said(String labeler, String answer, @Nullable Grades grades, Note note, boolean extra) {}

    /**
     * A comparison and all that was said to it, in the comparison's own order.
     *
     * @param ofTwo whether it asks which of two is better, so that an answer can be known to be right
     * @param more texts beyond the first two
     */
    record Case(
            long comparison,
            boolean ofTwo,
            String prompt,
            String first,
            String second,
            List<String> more,
            List<Said> said) {}

    List<Route> routes() {
        return List.of(
                get("/api/quality", Access.LEAD, "agreement, and each labeler's habits", measuring)
                        .gives(Measuring.Measured.class),
                get("/api/quality/{comparison}", Access.LEAD, "all that was said to one comparison", this::one)
                        .gives(Case.class));
    }

    private void one(Context ctx) {
        long id = Wire.pathNumber(ctx, "comparison");
        Comparison comparison =
                store.findComparison(id).orElseThrow(() -> new NotFoundResponse("there is no comparison " + id));
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
                        said));
    }
}
