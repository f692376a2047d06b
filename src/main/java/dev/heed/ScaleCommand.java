package dev.heed;

import dev.heed.eval.scaling.Ladder;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.scale.Plan;
import dev.heed.scale.Recipe;
import dev.heed.scale.TransferStudy;
import java.nio.file.Path;
import java.util.List;

/** What a large run will reach, foretold from small ones, written down before it is made and graded afterwards. */
final class ScaleCommand implements Command<ScaleCommand.Settings> {
    /** What there is to do. */
    enum Action {
        /** Says how things stand. */
        SHOW,
        PLAN,
        RUN,
        FIT,
        PREDICT,
        GRADE,
        TRANSFER
    }

    record Settings(
            @Knob(
                            value = "show",
                            help =
                                    "plan: sizes, tokens, seeds, hours. run: the small runs, as many at once as there are threads; other processes may share them. fit: laws through them. predict: the large run's loss, once. grade: that against the large run. transfer: loss over learning rate. show: how things stand",
                            positional = true)
                    Action action,
            @Knob(
                            value = "false",
                            help =
                                    "all of it at once on a small budget: plan, run, predict, the large run, grade; without an ACTION")
                    boolean quick,
            @Knob(value = "false", help = "of run: the large run, once it is foretold") boolean large,
            @Knob(
                            value = "",
                            label = "FILE",
                            help =
                                    "text to learn from, .txt or .jsonl; none: the built-in chronicle, as much as is wanted")
                    String text,
            Plan.Budget budget,
            Recipe recipe,
            @Knob(
                            value = "",
                            label = "RUN",
                            help = "of fit and predict: a run of the ladder to leave out; may come again")
                    List<String> leaveOut,
            @Knob(
                            value = "4",
                            label = "SIZES",
                            help =
                                    "of fit and predict: sizes that the laws are fitted to, the largest ones; smaller models are still learning how text looks. --quick takes all")
                    int largest,
            @Knob(
                            value = "0.8",
                            label = "BITS",
                            help =
                                    "of fit and predict: bits a byte of a text of yours that are assumed to be left in the end; 0: the laws look for them. The chronicle's are known")
                    double entropy,
            @Knob("transfer") TransferStudy.Grid transfer) {
        Settings {
            Knobs.atLeast("largest", largest, Ladder.FEWEST_SIZES);
            Knobs.between("entropy", entropy, 0, 8);
        }
    }

    @Override
    public Class<Settings> knobs() {
        return Settings.class;
    }

    @Override
    public Object run(Context context, Settings knobs) {
        return new Scaling(context, knobs).result();
    }

    /** Where it leaves its pages, for those who look for them. */
    static Path page(Path home) {
        return home.resolve("scale").resolve("scale.html");
    }
}
