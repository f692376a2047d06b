package dev.heed.feedback;

import java.util.List;

/**
 * How a campaign asks.
 *
 * @param answers how many labelers are asked each comparison
 * @param answersIfDisputed how many where the first ones are too far apart, see {@link Form#disputed}
 * @param uncertain share of questions where the reward model is least sure
 * @param random share by lot
 * @param gold share of those whose answer is known
 * @param repeats share that a labeler has answered before
 * @param dailyMost answers of one labeler in a day; 0 for any number
 * @param reasons that a labeler can tick
 * @param kind what its comparisons ask for; those that were added before keep theirs
 * @param axes on which completions are rated; empty where they are not
 */
public record Plan(
        int answers,
        int answersIfDisputed,
        double uncertain,
        double random,
        double gold,
        double repeats,
        int dailyMost,
        List<String> reasons,
        Kind kind,
        List<String> axes) {
    private static final int MOST = 1_000_000;
    private static final int MOST_AXES = 6;

    @SuppressWarnings("ConstantValue") // plans from before there were others say nothing
    public Plan {
        reasons = List.copyOf(reasons);
        kind = kind == null ? Kind.PAIR : kind;
        axes = axes == null ? List.of() : List.copyOf(axes);
        expect(answers >= 1 && answers <= MOST, "answers must be from 1 to 1000000, was %d", answers);
        expect(
                answersIfDisputed >= answers && answersIfDisputed <= MOST,
                "answers_if_disputed must be from answers to 1000000, was %d",
                answersIfDisputed);
        for (double share : new double[] {uncertain, random, gold, repeats}) {
            expect(share >= 0 && share <= 1, "a share must be from 0 to 1, was %s", share);
        }
        expect(
                uncertain + random + gold + repeats <= 1 + 1e-9,
                "the shares must not add up to more than 1, but to %s",
                uncertain + random + gold + repeats);
        expect(dailyMost >= 0, "daily_most must be at least 0, was %d", dailyMost);
        expect(
                reasons.size() <= 20 && reasons.stream().allMatch(reason -> !reason.isBlank() && reason.length() <= 80),
                "at most 20 reasons of 1 to 80 characters, were %d",
                reasons.size());
        expect(
                (kind == Kind.RATING) != axes.isEmpty() && axes.size() <= MOST_AXES,
                "a rating has from 1 to 6 axes, and nothing else has any; were %s",
                axes);
        expect(
                axes.stream().allMatch(axis -> !axis.isBlank() && axis.length() <= 40)
                        && axes.stream().distinct().count() == axes.size(),
                "axes have 1 to 40 characters, no two the same, were %s",
                axes);
    }

    /** Of pairs. */
    public Plan(
            int answers,
            int answersIfDisputed,
            double uncertain,
            double random,
            double gold,
            double repeats,
            int dailyMost,
            List<String> reasons) {
        this(answers, answersIfDisputed, uncertain, random, gold, repeats, dailyMost, reasons, Kind.PAIR, List.of());
    }

    /** The same, asking so many labelers. */
    public Plan with(int more, int ifDisputed) {
        return new Plan(more, ifDisputed, uncertain, random, gold, repeats, dailyMost, reasons, kind, axes);
    }

    /** The same, asking for something else. */
    public Plan with(Kind other, List<String> rated) {
        return new Plan(answers, answersIfDisputed, uncertain, random, gold, repeats, dailyMost, reasons, other, rated);
    }

    private static void expect(boolean held, String what, Object was) {
        if (!held) {
            throw new IllegalArgumentException(what.formatted(was));
        }
    }

    /** Each comparison is asked so many times, the most needed first. */
    public static Plan of(int answers) {
        return new Plan(
                answers,
                answers,
                0,
                0,
                0,
                0,
                0,
                List.of("truer", "does what was asked", "kinder", "clearer", "safer", "shorter"));
    }
}
