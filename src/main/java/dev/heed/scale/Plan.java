package dev.heed.scale;

import dev.heed.eval.scaling.Spent;
import dev.heed.model.Dial;
import dev.heed.model.Flops;
import dev.heed.model.ModelConfig;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which runs there will be. Each run's tokens are a multiple of its parameters N, those that a token is multiplied with, as far
 * as widths and whole steps allow; so size and compute grow together along a line (Hoffmann et al. 2022, approach 2). Beside
 * each of these are smaller models that read more and larger ones that read less for the same compute, which tell size from text
 * (approach 3): a small model's long reading comes nearest to the large run's text, a large one's short reading to its size.
 *
 * @param made when
 * @param large the run that is foretold
 */
public record Plan(Instant made, Budget budget, Recipe recipe, Source source, List<Planned> ladder, Planned large) {
    /** What may be spent, and on what. */
    public record Budget(
            @Knob(value = "2e14", label = "FLOPS", help = "floating-point operations of the large run") double compute,
            @Knob(
                            value = "1000",
                            help =
                                    "how many times the compute of the ladder's largest run it has; 1,000 in the GPT-4 report")
                    double ratio,
            @Knob(value = "6", help = "sizes of the ladder") int rungs,
            @Knob(value = "1.6", help = "compute of a size over that of the one below") double spacing,
            @Knob(value = "2", help = "runs of each size, with a seed each") int seeds,
            @Knob(value = "20", help = "tokens for each parameter that a token is multiplied with") double tokens,
            @Knob(
                            value = "1",
                            help =
                                    "models on either side of each size: half and twice as large, a quarter and four times, and so on")
                    int beside) {
        public Budget {
            Knobs.above("compute", compute, 0);
            Knobs.between("ratio", ratio, 2, 1e6);
            Knobs.between("rungs", rungs, 1, 40);
            Knobs.between("spacing", spacing, 1.1, 100);
            Knobs.between("seeds", seeds, 1, 100);
            Knobs.between("tokens", tokens, 0.1, 1e5);
            Knobs.between("beside", beside, 1, 6);
        }
    }

    /** What a size of model is worth: its shape and its line's compute. */
    private record Size(int width, ModelConfig model) {
        double parameters() {
            return Flops.multiplied(model);
        }
    }

    /**
     * The plan of a budget.
     *
     * @param pace of this machine
     * @throws UserError if the smallest run would take less than 20 steps
     */
    public static Plan of(Budget budget, Recipe recipe, Source source, Instant now, Pace pace) {
        Maker maker = new Maker(budget, recipe, pace);
        List<Planned> ladder = new ArrayList<>();
        for (int rung = budget.rungs - 1; rung >= 0; rung--) {
            double compute = budget.compute / budget.ratio / Math.pow(budget.spacing, rung);
            int name = budget.rungs - rung;
            for (int seed = 1; seed <= budget.seeds; seed++) {
                ladder.add(maker.run("scale-%d-%d".formatted(name, seed), compute, 1, seed, true));
            }
            ladder.addAll(
                    maker.beside(name, compute, ladder.get(ladder.size() - 1).width()));
        }
        Planned large = maker.run("scale-large", budget.compute, 1, 1, true);
        return new Plan(now, budget, recipe, source, ladder, large);
    }

    /** Tokens that the large run wants. */
    public static long tokens(Budget budget, Recipe recipe) {
        return new Maker(budget, recipe, step -> 0)
                .run("scale-large", budget.compute, 1, 1, true)
                .spent()
                .tokens();
    }

    /**
     * What a step's time depends on.
     *
     * @param alone whether it has all threads, as the large run's; the ladder's runs have one each
     */
    public record Step(int width, int batch, boolean alone) {}

    /** By how many seconds a step makes all of it longer: where several are done at once, each by a part of its own time. */
    public interface Pace {
        double seconds(Step step);
    }

    /** The steps that it has, each once. */
    public static List<Step> steps(Budget budget, Recipe recipe, Source source) {
        Plan plan = of(budget, recipe, source, Instant.EPOCH, step -> 0);
        return Stream.concat(
                        plan.ladder.stream().map(run -> new Step(run.width(), run.batch(), false)),
                        Stream.of(new Step(plan.large.width(), plan.large.batch(), true)))
                .distinct()
                .toList();
    }

    /** Expected time for the ladder, seconds. */
    public double ladderSeconds() {
        return ladder.stream().mapToDouble(Planned::seconds).sum();
    }

    private record Maker(Budget budget, Recipe recipe, Pace pace) {
        private static final int FEWEST_STEPS = 20;

        /** Runs of other widths than that on the line, each once. */
        List<Planned> beside(int name, double compute, int width) {
            List<Planned> beside = new ArrayList<>();
            for (int i = 1; i <= budget.beside; i++) {
                double times = Math.pow(2, i);
                String far = i == 1 ? "" : "-%.0f".formatted(times);
                beside.add(run("scale-%d-narrow%s".formatted(name, far), compute, 1 / times, 1, false));
                beside.add(run("scale-%d-wide%s".formatted(name, far), compute, times, 1, false));
            }
            Set<Integer> widths = new HashSet<>(Set.of(width));
            return beside.stream().filter(run -> widths.add(run.width())).toList(); // the narrowest has none beside it
        }

        /** @param size of the model against that on the line, with the same compute */
        Planned run(String name, double compute, double size, long seed, boolean onLine) {
            double wanted = size * Math.sqrt(compute / (6 * budget.tokens));
            Size nearest = nearest(wanted);
            int batch = recipe.batch(compute);
            double perStep = batch * Flops.training(nearest.model, recipe.length());
            int steps = (int) Math.round(compute / perStep);
            if (steps < FEWEST_STEPS) {
                throw new UserError(String.format(
                        Locale.ROOT,
                        "%s would have %d steps at width %d, fewer than %d; give more --compute, fewer --rungs, a smaller --ratio or smaller batches",
                        name,
                        steps,
                        nearest.width,
                        FEWEST_STEPS));
            }
            Spent spent =
                    new Spent(Flops.multiplied(nearest.model), (long) steps * batch * recipe.length(), steps * perStep);
            return new Planned(
                    name,
                    nearest.width,
                    batch,
                    steps,
                    seed,
                    onLine,
                    spent,
                    steps * pace.seconds(new Step(nearest.width, batch, compute == budget.compute)));
        }

        /** The width whose parameters are nearest, by their ratio. */
        private Size nearest(double parameters) {
            Size best = size(Dial.STEP);
            for (Size next = best; ; ) {
                if (distance(next, parameters) < distance(best, parameters)) {
                    best = next;
                }
                if (next.parameters() > parameters || next.width + Dial.STEP > 4096) {
                    return best;
                }
                next = size(next.width + Dial.STEP);
            }
        }

        private Size size(int width) {
            return new Size(width, recipe.model(width));
        }

        private static double distance(Size size, double parameters) {
            return Math.abs(Math.log(size.parameters() / parameters));
        }
    }
}
