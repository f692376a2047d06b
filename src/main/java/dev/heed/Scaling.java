package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.eval.report.ScalePage;
import dev.heed.eval.report.TransferPage;
import dev.heed.eval.scaling.Fitted;
import dev.heed.eval.scaling.Foretelling;
import dev.heed.eval.scaling.Grade;
import dev.heed.eval.scaling.Prediction;
import dev.heed.eval.scaling.ScaleResult;
import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Trial;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import dev.heed.scale.Documents;
import dev.heed.scale.Plan;
import dev.heed.scale.Recipe;
import dev.heed.scale.Study;
import dev.heed.text.Pieces;
import dev.heed.world.Chronicle;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code heed scale} at work: its text, its study, and what people see of it. */
final class Scaling {
    private static final double QUICK_COMPUTE = 2e13;
    private static final double QUICK_RATIO = 100;
    private static final double HELD_OUT_SHARE = 0.05;
    private static final int LEAST_PIECE = 1000; // bytes of a text that follow each other
    private static final int PIECE_BYTES = 8; // of a piece, at least, for each token of a row
    private static final int QUESTIONS = 1000;
    private static final int LINE_POINTS = 60;

    private final Context context;
    private final ScaleCommand.Settings knobs;
    private final Study study;

    Scaling(Context context, ScaleCommand.Settings knobs) {
        this.context = context;
        this.knobs = knobs;
        this.study = new Study(context.settings(), context.words(), context::torch);
    }

    Object result() {
        if (knobs.quick()) {
            return quick();
        }
        return switch (knobs.action()) {
            case SHOW -> shown();
            case PLAN -> plan(knobs.budget());
            case RUN -> run();
            case FIT -> fit();
            case PREDICT -> predict();
            case GRADE -> grade();
            case TRANSFER -> transfer();
        };
    }

    // ---- what there is to do ----

    private Told plan(Plan.Budget budget) {
        Plan plan = study.plan(budget, knobs.recipe(), documents());
        return new Told(plan, ScaleScreen.of(plan));
    }

    private Object run() {
        if (knobs.large()) {
            Trial large = study.runLarge();
            return new Told(large, ScaleScreen.of(List.of(large)));
        }
        study.climb();
        List<Trial> done = study.done();
        return new Told(done, ScaleScreen.of(done));
    }

    private Told fit() {
        Foretelling foretelling = study.fit(knobs.leaveOut(), sizes(), left());
        Fitted fitted = study.write(foretelling);
        draw(foretelling);
        return new Told(fitted, ScaleScreen.of(fitted));
    }

    private Told predict() {
        Prediction prediction = study.predict(knobs.leaveOut(), sizes(), left());
        draw(fitAgain());
        return new Told(prediction, ScaleScreen.of(prediction));
    }

    private int sizes() {
        return knobs.quick() ? knobs.budget().rungs() : knobs.largest();
    }

    private double left() {
        return study.left(knobs.entropy());
    }

    /** What the ladder said when the prediction was made of it. */
    private Foretelling fitAgain() {
        return study.fit(
                foretold().leftOut(),
                study.expectPlan().budget().rungs(),
                foretold().left());
    }

    private Told grade() {
        Grade grade = study.grade();
        Path page = draw(fitAgain());
        return new Told(grade, ScaleScreen.of(grade, foretold()) + "\n" + page);
    }

    private Told transfer() {
        Transfer transfer = study.transfer(knobs.transfer());
        Path page = TransferPage.path(study.folder());
        TransferPage.write(page, transfer);
        return new Told(transfer, ScaleScreen.of(transfer) + "\n" + page);
    }

    private Object quick() {
        if (knobs.action() != ScaleCommand.Action.SHOW) {
            throw new UserError("--quick does all at once; leave out '%s', or --quick"
                    .formatted(knobs.action().name().toLowerCase(Locale.ROOT)));
        }
        Plan.Budget given = knobs.budget();
        Plan.Budget budget = new Plan.Budget(
                QUICK_COMPUTE,
                QUICK_RATIO,
                given.rungs(),
                given.spacing(),
                given.seeds(),
                given.tokens(),
                given.beside());
        context.say(plan(budget).text());
        left(); // what is wrong with it is better said before the runs
        study.climb();
        if (study.findPrediction().isEmpty()) {
            context.say(fit().text());
            context.say(predict().text());
        }
        study.runLarge();
        return grade();
    }

    private Prediction foretold() {
        return study.findPrediction().orElseThrow();
    }

    private Told shown() {
        Plan plan = study.expectPlan();
        List<Trial> done = study.done();
        Standing standing = new Standing(
                plan.ladder().size(),
                done.size(),
                study.findPrediction().isPresent(),
                study.findLarge().isPresent(),
                study.findGrade().orElse(null));
        return new Told(standing, ScaleScreen.of(plan) + "\n\n" + ScaleScreen.of(standing));
    }

    /** How things stand. */
    record Standing(int runs, int done, boolean foretold, boolean largeDone, @Nullable Grade grade) {}

    /** A result, for programs and people. */
    record Told(@JsonValue Object value, String text) implements Shown {}

    private Path draw(Foretelling foretelling) {
        Plan plan = study.expectPlan();
        Path page = ScaleCommand.page(context.home());
        ScalePage.write(
                page,
                new ScaleResult(
                        plan.source().what(),
                        conditions(plan, foretelling.ladder().left()),
                        Fitted.of(foretelling),
                        leftOut(foretelling.ladder().leftOut()),
                        foretelling.line(plan.large().spent(), LINE_POINTS),
                        study.findPrediction().orElse(null),
                        study.findLarge().orElse(null),
                        study.findGrade().orElse(null),
                        study.findTransfer().orElse(null)));
        return page;
    }

    private List<Trial> leftOut(List<String> names) {
        return study.done().stream()
                .filter(trial -> names.contains(trial.run()) && trial.diverged() == null)
                .toList();
    }

    private static Map<String, String> conditions(Plan plan, double left) {
        Map<String, String> conditions = new LinkedHashMap<>();
        Recipe recipe = plan.recipe();
        conditions.put("Text", plan.source().what());
        conditions.put("Tokens to learn from", "%,d".formatted(plan.source().tokens()));
        conditions.put("Held-out tokens", "%,d".formatted(plan.source().heldOutTokens()));
        if (left > 0) {
            conditions.put(
                    "What no model can do without",
                    String.format(
                            Locale.ROOT,
                            "%.4f nats a token, %s",
                            left,
                            plan.source().left() > 0 ? "the text's entropy" : "as was assumed"));
        }
        conditions.put("Vocabulary", "%,d".formatted(recipe.vocabulary()));
        conditions.put(
                "Tokens an update",
                "%d rows of %d for 1e15 FLOPs, else as compute to the power of %s"
                        .formatted(recipe.batch(), recipe.length(), recipe.batchGrowth()));
        conditions.put("Parametrisation", recipe.parametrisation().name().toLowerCase(Locale.ROOT));
        conditions.put("Peak learning rate", String.valueOf(recipe.lr()));
        conditions.put("Weight decay", String.valueOf(recipe.weightDecay()));
        conditions.put("Tokens for each parameter", String.valueOf(plan.budget().tokens()));
        return conditions;
    }

    // ---- text ----

    private Documents documents() {
        if (knobs.text().isEmpty()) {
            Chronicle chronicle = new Chronicle(context.seed());
            return new Documents(
                    "the built-in chronicle, seed " + context.seed(),
                    () -> endless(chronicle::page),
                    () -> endless(index -> {
                        Chronicle.Page page = chronicle.heldOut(index);
                        return new Documents.HeldOut(page.text(), page.nats());
                    }),
                    IntStream.rangeClosed(1, Chronicle.groups())
                            .boxed()
                            .flatMap(group -> LongStream.range(0, QUESTIONS)
                                    .mapToObj(index -> chronicle.asked(group, index))
                                    .map(asked -> new Documents.Asked(asked.question(), asked.answer(), group)))
                            .toList());
        }
        Path file = Path.of(knobs.text());
        int least = Math.max(LEAST_PIECE, PIECE_BYTES * knobs.recipe().length());
        Pieces pieces = Pieces.of(file, least, context.seed());
        return new Documents(
                knobs.text(),
                () -> part(pieces, file, false).iterator(),
                () -> part(pieces, file, true)
                        .map(text -> new Documents.HeldOut(text, Double.NaN))
                        .iterator(),
                List.of());
    }

    private static <D> Iterator<D> endless(LongFunction<D> page) {
        return LongStream.iterate(0, i -> i + 1).mapToObj(page).iterator();
    }

    private Stream<String> part(Pieces pieces, Path file, boolean heldOut) {
        return pieces.stream(
                place -> heldOut == Draws.uniform(context.seed(), "held out", place) < HELD_OUT_SHARE,
                TextFile.words(file));
    }
}
