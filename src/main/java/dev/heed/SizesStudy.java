package dev.heed;

import dev.heed.eval.Effect;
import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.scaling.Outlook.Reached;
import dev.heed.model.Flops;
import dev.heed.model.Parametrisation;
import dev.heed.quality.Interval;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How accurate reward models of several sizes are that learned from the same preferences, and how much policies of these sizes win:
 * each size is pretrained and fine-tuned on the same text and demonstrations. What the largest comes to is foretold from the others.
 */
final class SizesStudy {
    private static final int FEWEST = 5;
    private static final int CONTEXT = 256;

    private SizesStudy() {}

    static Effect of(Studying study) {
        List<Integer> widths = widths(study.knobs().sizes());
        List<Measured> curve = new ArrayList<>();
        for (int width : widths.subList(0, widths.size() - 1)) {
            curve.add(measure(study, width));
        }
        int largest = widths.get(widths.size() - 1);
        Foresight foresight = study.foresee("sizes", Measured.reached(curve), (double) parameters(study, largest));
        curve.add(measure(study, largest));
        return effect(study, curve, foresight);
    }

    private static List<Integer> widths(String knob) {
        try {
            List<Integer> widths = Arrays.stream(knob.split(",", -1))
                    .map(String::strip)
                    .map(Integer::valueOf)
                    .sorted()
                    .distinct()
                    .toList();
            if (widths.size() < FEWEST) {
                throw new UserError(
                        "--sizes must be at least %d widths, one of which is foretold from the others, was '%s'"
                                .formatted(FEWEST, knob));
            }
            return widths;
        } catch (NumberFormatException e) {
            throw new UserError("--sizes must be whole numbers with commas, was '%s'".formatted(knob), e);
        }
    }

    private static Shape shape(int width) {
        return new Shape(1, 16, 1, 16, CONTEXT, width, Parametrisation.PLAIN);
    }

    private static long parameters(Studying study, int width) {
        try (Tokenizer tokenizer = Tokenizer.load(study.start())) {
            return Flops.multiplied(shape(width).config(tokenizer));
        }
    }

    /**
     * Models of a size.
     *
     * @param parameters numbers that a token is multiplied with
     * @param result of the reward models, all seeds together
     * @param accuracies of the same, one a seed
     * @param wins of the policies, one a seed; none where none learned
     */
    private record Measured(long parameters, HeldOutResult result, List<Double> accuracies, List<Double> wins) {
        String name() {
            return "%,d parameters".formatted(parameters);
        }

        Interval accuracy() {
            return result.measured().accuracy();
        }

        static Map<String, List<Reached>> reached(List<Measured> curve) {
            Map<String, List<Reached>> reached = new TreeMap<>();
            for (Measured measured : curve) {
                Studying.note(reached, LabelsStudy.ACCURACY, (double) measured.parameters, measured.accuracies);
                Studying.note(reached, LabelsStudy.WINS, (double) measured.parameters, measured.wins);
            }
            return reached;
        }
    }

    private static Measured measure(Studying study, int width) {
        List<HeldOut> all = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        List<Double> wins = new ArrayList<>();
        for (long seed : study.seeds()) {
            Studying own = study.from(taught(study, width, seed));
            RunDir reward = own.reward("study-size-reward-%d-%d".formatted(width, seed), seed, study.all());
            List<HeldOut> said = HeldOut.read(reward);
            accuracies.add(Studying.heldOut(said, study.bootstrap())
                    .measured()
                    .accuracy()
                    .mean());
            all.addAll(said);
            if (study.knobs().policies()) {
                wins.addAll(own.wins(List.of(own.ppo(
                        "study-size-policy-%d-%d".formatted(width, seed),
                        seed,
                        new Cast(own.start(), own.start(), reward.model()),
                        study.knobs().ppo()))));
            }
        }
        return new Measured(parameters(study, width), Studying.heldOut(all, study.bootstrap()), accuracies, wins);
    }

    /** A model of a width that has read and been shown what the home's own has. */
    private static Path taught(Studying study, int width, long seed) {
        StudyCommand.Settings knobs = study.knobs();
        Stages stages = study.stages(seed);
        Path base = stages.pretrain(
                "study-size-%d-%d".formatted(width, seed),
                study.start(),
                study.world().text(knobs.documents()),
                List.of(),
                shape(width),
                knobs.pretrain());
        return stages.sft(
                "study-size-sft-%d-%d".formatted(width, seed),
                base,
                study.world().demonstrations(knobs.demonstrations()),
                knobs.sft());
    }

    private static Effect effect(Studying study, List<Measured> curve, Foresight foresight) {
        Measured smallest = curve.get(0);
        Measured largest = curve.get(curve.size() - 1);
        double doublings = doublings(smallest, largest);
        List<Effect.Point> accuracy = new ArrayList<>();
        List<Effect.Point> wins = new ArrayList<>();
        for (Measured measured : curve) {
            double x = doublings(smallest, measured);
            accuracy.add(new Effect.Point(measured.name(), x, measured.accuracy()));
            if (!measured.wins().isEmpty()) {
                wins.add(new Effect.Point(measured.name(), x, Studying.range(measured.wins())));
            }
        }
        List<Effect.Curve> curves = new ArrayList<>(List.of(new Effect.Curve("reward model", false, accuracy)));
        List<String> found = new ArrayList<>(List.of(
                String.format(
                        Locale.ROOT,
                        "From %s to %s accuracy goes from %.1f to %.1f %%: %.1f points for each doubling.",
                        smallest.name(),
                        largest.name(),
                        100 * smallest.accuracy().mean(),
                        100 * largest.accuracy().mean(),
                        100 * (largest.accuracy().mean() - smallest.accuracy().mean()) / doublings),
                foresight.graded(LabelsStudy.ACCURACY, largest.name(), Studying.mean(largest.accuracies()))));
        if (!wins.isEmpty()) {
            curves.add(new Effect.Curve("policy", false, wins));
            found.add(foresight.graded(LabelsStudy.WINS, largest.name(), Studying.mean(largest.wins())));
        }
        return new Effect(
                "sizes",
                "What do larger models make of the same preferences?",
                "On summaries, a reward model of twice the size was right about 1.8 percentage points more often.",
                "Stiennon et al. 2020, arXiv:2009.01325, figure 6",
                new Effect.Axis("doublings, from %s".formatted(smallest.name()), false),
                new Effect.Axis("right choices of reward models, wins of policies over their start", true),
                curves,
                List.of(),
                "reward models: 95 %% intervals over prompts, %d seeds together; policies: from the lowest to the highest seed"
                        .formatted(study.knobs().alike().seeds()),
                found);
    }

    private static double doublings(Measured from, Measured to) {
        return Math.log((double) to.parameters() / from.parameters()) / Math.log(2);
    }
}
