package dev.heed;

import dev.heed.db.Snapshot;
import dev.heed.eval.Effect;
import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.scaling.Outlook.Reached;
import dev.heed.quality.Interval;
import dev.heed.run.RunDir;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * How accurate reward models are, and how much policies win that learned from them, as something grows step by step. What the
 * last step comes to is foretold from the others before it is measured.
 */
final class Growth {
    private static final String ACCURACY = "Accuracy";
    private static final String WINS = "Wins of the policy";
    private static final double LEAST_WRONG = 1e-4; // a law of shares knows no zero

    private final Studying study;
    private final String name;
    private final List<Measured> measured = new ArrayList<>();
    private final Foresight foresight;

    /**
     * @param name in words
     * @param key in the names of its runs
     * @param amount of what grows
     * @param begin what the models of a seed begin with
     */
    record Step(String name, String key, double amount, LongFunction<Beginning> begin) {}

    /** @param study whose start the models start from */
    record Beginning(Studying study, Snapshot preferences) {}

    /**
     * @param result of the reward models, all seeds together
     * @param accuracies of the same, one a seed
     * @param wins of the policies, one a seed; none where none learned
     */
    private record Measured(Step step, HeldOutResult result, List<Double> accuracies, List<Double> wins) {
        Interval accuracy() {
            return result.measured().accuracy();
        }
    }

    /**
     * @param name of the study
     * @param steps at least five, of growing amounts
     */
    Growth(Studying study, String name, List<Step> steps) {
        this.study = study;
        this.name = name;
        Step last = steps.get(steps.size() - 1);
        for (Step step : steps.subList(0, steps.size() - 1)) {
            measured.add(measure(step));
        }
        foresight = study.foresee(name, reached(), last.amount());
        measured.add(measure(last));
    }

    private Measured measure(Step step) {
        List<HeldOut> all = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        List<Double> wins = new ArrayList<>();
        for (long seed : study.seeds()) {
            Beginning at = step.begin().apply(seed);
            RunDir reward = at.study().reward(run("reward", step, seed), seed, at.preferences());
            List<HeldOut> said = HeldOut.read(reward);
            accuracies.add(heldOut(said).measured().accuracy().mean());
            all.addAll(said);
            if (study.knobs().policies()) {
                Cast cast = new Cast(at.study().start(), at.study().start(), reward.model());
                wins.add(at.study()
                        .wins(at.study()
                                .ppo(
                                        run("policy", step, seed),
                                        seed,
                                        cast,
                                        study.knobs().ppo())));
            }
        }
        return new Measured(step, heldOut(all), accuracies, wins);
    }

    private String run(String what, Step step, long seed) {
        return "study-%s-%s-%s-%d".formatted(name, what, step.key(), seed);
    }

    private HeldOutResult heldOut(List<HeldOut> all) {
        return Studying.heldOut(all, study.bootstrap());
    }

    private Map<String, List<Reached>> reached() {
        Map<String, List<Reached>> reached = new TreeMap<>();
        for (Measured one : measured) {
            note(reached, ACCURACY, one.step().amount(), one.accuracies());
            note(reached, WINS, one.step().amount(), one.wins());
        }
        return reached;
    }

    /** Notes what each seed's model came to; where none did, nothing. */
    private static void note(Map<String, List<Reached>> reached, String what, double amount, List<Double> right) {
        for (int i = 0; i < right.size(); i++) {
            reached.computeIfAbsent(what, key -> new ArrayList<>())
                    .add(new Reached(amount, i + 1, Math.max(LEAST_WRONG, 1 - right.get(i))));
        }
    }

    private Measured first() {
        return measured.get(0);
    }

    private Measured last() {
        return measured.get(measured.size() - 1);
    }

    private double doublings(Measured to) {
        return Math.log(to.step().amount() / first().step().amount()) / Math.log(2);
    }

    /** The reward models of the last step, all seeds together. */
    HeldOutResult largest() {
        return last().result();
    }

    /** The plot, with what was found. */
    Effect effect(String question, String claim, String source, List<Effect.Level> levels) {
        List<Effect.Point> accuracy = new ArrayList<>();
        List<Effect.Point> wins = new ArrayList<>();
        for (Measured one : measured) {
            double x = doublings(one);
            accuracy.add(new Effect.Point(one.step().name(), x, one.accuracy()));
            if (!one.wins().isEmpty()) {
                wins.add(new Effect.Point(one.step().name(), x, Studying.range(one.wins())));
            }
        }
        List<Effect.Curve> curves = new ArrayList<>(List.of(new Effect.Curve("reward model", false, accuracy)));
        List<String> found = new ArrayList<>(List.of(rise(), graded(ACCURACY, last().accuracies())));
        if (!wins.isEmpty()) {
            curves.add(new Effect.Curve("policy", false, wins));
            found.add(graded(WINS, last().wins()));
        }
        return new Effect(
                name,
                question,
                claim,
                source,
                new Effect.Axis("doublings, from %s".formatted(first().step().name()), false),
                new Effect.Axis("right choices of reward models, wins of policies over their start", true),
                curves,
                levels,
                "reward models: 95 %% intervals over prompts, %d seeds together; policies: from the lowest to the highest seed"
                        .formatted(study.knobs().alike().seeds()),
                found);
    }

    private String rise() {
        return String.format(
                Locale.ROOT,
                "From %s to %s accuracy goes from %s to %s: %.1f points for each doubling.",
                first().step().name(),
                last().step().name(),
                shown(first().accuracy()),
                shown(last().accuracy()),
                100 * (last().accuracy().mean() - first().accuracy().mean()) / doublings(last()));
    }

    private String graded(String what, List<Double> seeds) {
        return foresight.graded(
                what, last().step().name(), Studying.range(seeds).mean());
    }

    private static String shown(Interval share) {
        return String.format(
                Locale.ROOT, "%.1f %% (%.1f–%.1f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
    }
}
