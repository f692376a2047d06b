package dev.heed;

import dev.heed.quality.Interval;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What {@code heed stories --json} prints. Intervals are 95 %, over held-out openings where nothing else is said.
 *
 * @param change of the probability that a continuation is positive, after less before, opening by opening
 * @param winRate share of continuations that the judge finds more positive than the one from before
 * @param lengthControlledWinRate the same at equal length
 */
record StoriesResult(
        long seed,
        double seconds,
        long peakRssMb,
        String precision,
        Preferences preferences,
        RewardModel rewardModel,
        Judge judge,
        Measured before,
        Measured after,
        Interval change,
        Interval winRate,
        Interval lengthControlledWinRate,
        List<Sample> samples)
        implements Shown {

    /** How many pairs of sentences the reward model learned from, and how many only measured it. */
    record Preferences(long learned, long heldOut) {}

    /**
     * On held-out preferences.
     *
     * @param accuracy share of pairs where the positive sentence scores strictly higher
     * @param loss nats; a coin has ln 2
     * @param ece expected calibration error
     */
    record RewardModel(Interval accuracy, double loss, double ece, double lengthCorrelation) {}

    /**
     * The bag of words.
     *
     * @param sentences that it learned from: none of them made a preference
     * @param accuracy on the sentences of the preferences
     */
    record Judge(int sentences, Interval accuracy) {}

    /**
     * A model's continuations of held-out openings.
     *
     * @param positive mean probability that a continuation is positive, by the judge
     * @param score mean score by the reward model, in the reference's standard deviations
     * @param kl to the checkpoint, nats a continuation
     * @param distinct2 different word pairs over all word pairs
     * @param length tokens
     * @param eosRate share that ended before the limit
     */
    record Measured(
            Interval positive, double score, Interval kl, double distinct2, Interval length, Interval eosRate) {}

    /** The same opening gone on with by both; {@code before} and {@code after} start where the opening ends. */
    record Sample(String opening, String before, double positiveBefore, String after, double positiveAfter) {
        private String text() {
            return String.format(
                    Locale.ROOT,
                    "> %s\n  before (%2.0f %%): %s\n  after  (%2.0f %%): %s",
                    opening,
                    100 * positiveBefore,
                    oneLine(before),
                    100 * positiveAfter,
                    oneLine(after));
        }

        private static String oneLine(String text) {
            return text.replaceAll("\\s*\\R\\s*", " / ");
        }
    }

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """

                %-8s %-18s %6s %6s %10s %6s %6s
                %s
                %s

                kinder by %+.0f points (%+.0f to %+.0f); wins %.0f %% (%.0f–%.0f)
                reward model: right on %.0f %% of %d held-out pairs; judge: on %.0f %% of sentences it has not met
                %.0f s, %d MB at most

                %s""",
                "",
                "positive (95 %)",
                "score",
                "KL",
                "distinct-2",
                "length",
                "ends",
                row("before", before),
                row("after", after),
                100 * change.mean(),
                100 * change.low(),
                100 * change.high(),
                100 * winRate.mean(),
                100 * winRate.low(),
                100 * winRate.high(),
                100 * rewardModel.accuracy().mean(),
                preferences.heldOut(),
                100 * judge.accuracy().mean(),
                seconds,
                peakRssMb,
                samples.stream().map(Sample::text).collect(Collectors.joining("\n\n")));
    }

    private static String row(String name, Measured of) {
        Interval positive = of.positive();
        return String.format(
                Locale.ROOT,
                "%-8s %3.0f %% (%2.0f–%2.0f)      %+6.2f %6.1f %10.3f %6.1f %5.0f%%",
                name,
                100 * positive.mean(),
                100 * positive.low(),
                100 * positive.high(),
                of.score(),
                of.kl().mean(),
                of.distinct2(),
                of.length().mean(),
                100 * of.eosRate().mean());
    }
}
