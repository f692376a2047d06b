package dev.heed.eval.scaling;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A law and how far it can be trusted. Errors are those of ln L; where what is left of L in the end is known, of ln of what is above
 * that, for the rest cannot be wrong.
 *
 * @param law fitted to all runs that it takes
 * @param left nats that are known to be left; 0 where they are not
 * @param noise root mean square error of the law, of the larger half of the runs
 * @param backtest root mean square of the error with which smaller runs of the ladder foretell its largest, for each unit of ln C
 *     between them
 * @param resampled the law of runs drawn anew with replacement
 */
public record Fit(Law law, double left, double noise, double backtest, List<Law> resampled) {
    /** A law of three unknowns is fitted to at least as many sizes. */
    private static final int FEWEST_SIZES = 3;

    private static final int MOST_HELD_BACK = 3;

    /**
     * @param law fitted to this ladder's runs
     * @param resamples how many; 0: none are wanted
     */
    static Fit of(Law law, Ladder ladder, long seed, int resamples) {
        List<Trial> taken = ladder.trials().stream().filter(law::takes).toList();
        double left = ladder.left();
        return new Fit(
                law,
                left,
                noise(law, taken, left),
                backtest(law, taken, left),
                resampled(law, taken, left, seed, resamples));
    }

    /** Of the larger half, which scatters less: a large run is more like these. */
    private static double noise(Law law, List<Trial> trials, double left) {
        double[] errors = trials.stream()
                .sorted(Comparator.comparingDouble(trial -> -trial.spent().flops()))
                .limit((trials.size() + 1) / 2)
                .mapToDouble(trial -> error(trial, law, left))
                .toArray();
        double sum = 0;
        for (double error : errors) {
            sum += error * error;
        }
        return Math.sqrt(sum / errors.length);
    }

    private static double error(Trial trial, Law law, double left) {
        return Math.log((trial.loss() - left) / (law.at(trial.spent()) - left));
    }

    private static double backtest(Law law, List<Trial> trials, double left) {
        List<Double> sizes = Ladder.sizes(trials);
        double top = sizes.get(sizes.size() - 1);
        List<Trial> largest = trials.stream()
                .filter(t -> t.onLine() && t.spent().flops() == top)
                .toList();
        double sum = 0;
        int tests = 0;
        for (int held = 1; held <= MOST_HELD_BACK && sizes.size() - held >= FEWEST_SIZES; held++) {
            double below = sizes.get(sizes.size() - held);
            List<Trial> smaller =
                    trials.stream().filter(t -> t.spent().flops() < below).toList();
            if (smaller.stream().mapToInt(Trial::width).distinct().count() < FEWEST_SIZES) {
                break;
            }
            Law before = law.anew(smaller, left);
            double error = largest.stream()
                    .mapToDouble(t -> error(t, before, left))
                    .average()
                    .orElseThrow();
            double way = Math.log(top / sizes.get(sizes.size() - held - 1));
            sum += error * error / (way * way);
            tests++;
        }
        return tests == 0 ? noise(law, trials, left) : Math.sqrt(sum / tests);
    }

    private static List<Law> resampled(Law law, List<Trial> trials, double left, long seed, int resamples) {
        List<Law> laws = new ArrayList<>();
        for (int b = 0; laws.size() < resamples; b++) {
            SplittableRandom random = Draws.of(seed, "ladder", b);
            List<Trial> drawn = new ArrayList<>();
            for (int i = 0; i < trials.size(); i++) {
                drawn.add(trials.get(random.nextInt(trials.size())));
            }
            boolean telling = Ladder.sizes(drawn).size() > FEWEST_SIZES
                    && drawn.stream().mapToInt(Trial::width).distinct().count() >= FEWEST_SIZES;
            if (telling) { // others say nothing of a law of three unknowns
                laws.add(law.near(drawn, left));
            }
        }
        return laws;
    }

    /**
     * What the law says of a run, and where it will lie 19 times in 20: the resampled laws disagree, runs of other seeds scatter,
     * and the farther away, the more a law of this form is off, by what it is off within the ladder.
     *
     * @param from the largest compute of the ladder
     */
    Interval at(Spent spent, double from, long seed) {
        return at(spent, from, 0, seed);
    }

    /**
     * The same of something that is measured only roughly.
     *
     * @param rough relative standard error of what will be measured
     */
    Interval at(Spent spent, double from, double rough, long seed) {
        double beyond = Math.max(0, Math.log(spent.flops() / from));
        double spread = Math.hypot(rough, Math.hypot(noise, backtest * beyond));
        double[] drawn = new double[resampled.size()];
        for (int i = 0; i < drawn.length; i++) {
            double normal = Draws.of(seed, "foretold", i).nextGaussian();
            drawn[i] = left + (resampled.get(i).at(spent) - left) * Math.exp(spread * normal);
        }
        Arrays.sort(drawn);
        return new Interval(law.at(spent), Bootstrap.quantile(drawn, 0.025), Bootstrap.quantile(drawn, 0.975));
    }
}
