package dev.heed.train;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How much better a completion is than was to be expected, told without a critic from the others. Completions of a prompt
 * stand beside each other, {@code group} of them. A reward that is NaN was not given: it is left out of every mean, and its
 * advantage is NaN as well until {@link #orZero}.
 */
public final class GroupAdvantages {
    /** Keeps quotients finite; beside the deviation, as in TRL. */
    private static final double EPSILON = 1e-4;

    /** Below it, a deviation or an advantage is rounding. */
    private static final double ROUNDING = 1e-8;

    private GroupAdvantages() {}

    /** What the distance from the group's mean is measured in. */
    public enum Scale {
        /** The group's standard deviation. Source: Shao et al. 2024, section 4.1.2. */
        GROUP {
            @Override
            float[] scaled(float[] distances, float[] rewards, int group) {
                double[] each = deviations(rewards, group);
                return over(distances, i -> each[i / group]);
            }
        },
        /** That of all rewards of the step. Source: Liu et al. 2025, arXiv 2508.08221. */
        BATCH {
            @Override
            float[] scaled(float[] distances, float[] rewards, int group) {
                double all = deviation(rewards);
                return over(distances, i -> all);
            }
        },
        /** Nothing: easy and hard prompts would weigh more than others. Source: Liu et al. 2025, Dr. GRPO. */
        NONE {
            @Override
            float[] scaled(float[] distances, float[] rewards, int group) {
                return distances;
            }
        };

        abstract float[] scaled(float[] distances, float[] rewards, int group);
    }

    /** (r − mean of the group) / (deviation + 1e-4), with the unbiased deviation (Shao et al. 2024, section 4.1.2). */
    public static float[] relative(float[] rewards, int group, Scale scale) {
        float[] distances = new float[rewards.length];
        for (int start = 0; start < rewards.length; start += group) {
            double mean = mean(Arrays.copyOfRange(rewards, start, start + group));
            for (int i = start; i < start + group; i++) {
                distances[i] = (float) (rewards[i] - mean);
            }
        }
        return scale.scaled(distances, rewards, group);
    }

    /** r − mean of the group's others (Kool et al. 2019; Ahmadian et al. 2024); NaN where there are none. */
    public static float[] leaveOneOut(float[] rewards, int group) {
        float[] advantages = new float[rewards.length];
        for (int i = 0; i < rewards.length; i++) {
            float[] others = Arrays.copyOfRange(rewards, i - i % group, i - i % group + group);
            others[i % group] = Float.NaN;
            advantages[i] = (float) (rewards[i] - mean(others));
        }
        return advantages;
    }

    /** r − mean of all rewards of the step. */
    public static float[] aboveMean(float[] rewards) {
        double mean = mean(rewards);
        float[] advantages = new float[rewards.length];
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] = (float) (rewards[i] - mean);
        }
        return advantages;
    }

    /** (A − mean) / (deviation + 1e-4) over the step. */
    public static float[] normalised(float[] advantages) {
        double mean = mean(advantages);
        double deviation = deviation(advantages);
        float[] normalised = new float[advantages.length];
        for (int i = 0; i < normalised.length; i++) {
            normalised[i] = (float) ((advantages[i] - mean) / (deviation + EPSILON));
        }
        return normalised;
    }

    /** The same with 0 in the place of NaN: what nobody scored teaches nothing. */
    public static float[] orZero(float[] advantages) {
        float[] known = advantages.clone();
        for (int i = 0; i < known.length; i++) {
            known[i] = Float.isNaN(known[i]) ? 0 : known[i];
        }
        return known;
    }

    /** Of each group, whether all its rewards are equal, so that nothing is to be learned from it. */
    public static boolean[] equal(float[] rewards, int group) {
        double[] deviations = deviations(rewards, group);
        boolean[] equal = new boolean[deviations.length];
        for (int i = 0; i < equal.length; i++) {
            equal[i] = deviations[i] <= ROUNDING;
        }
        return equal;
    }

    /** Share of groups whose rewards are all equal. */
    static double shareEqual(float[] rewards, int group) {
        boolean[] equal = equal(rewards, group);
        return (double) IntStream.range(0, equal.length).filter(i -> equal[i]).count() / equal.length;
    }

    /** Whether no advantage is anything but rounding. */
    public static boolean allZero(float[] advantages) {
        return IntStream.range(0, advantages.length).allMatch(i -> Math.abs(advantages[i]) <= ROUNDING);
    }

    /** Mean of the numbers that are known; NaN of none. */
    static double mean(float[] numbers) {
        return known(numbers, i -> numbers[i]).average().orElse(Double.NaN);
    }

    /** Unbiased standard deviation of the numbers that are known; NaN of fewer than two. */
    static double deviation(float[] numbers) {
        double mean = mean(numbers);
        double squares =
                known(numbers, i -> (numbers[i] - mean) * (numbers[i] - mean)).sum();
        return Math.sqrt(squares / (known(numbers, i -> 1).sum() - 1));
    }

    private static DoubleStream known(float[] numbers, IntToDoubleFunction of) {
        return IntStream.range(0, numbers.length)
                .filter(i -> !Float.isNaN(numbers[i]))
                .mapToDouble(of);
    }

    private static double[] deviations(float[] rewards, int group) {
        return IntStream.range(0, rewards.length / group)
                .mapToDouble(g -> deviation(Arrays.copyOfRange(rewards, g * group, (g + 1) * group)))
                .toArray();
    }

    private static float[] over(float[] distances, IntToDoubleFunction deviation) {
        float[] scaled = new float[distances.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (distances[i] / (deviation.applyAsDouble(i) + EPSILON));
        }
        return scaled;
    }
}
