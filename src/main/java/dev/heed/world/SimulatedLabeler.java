package dev.heed.world;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Answers comparisons as a person with known faults would: by a Bradley–Terry probability over gold scores, leaning to
 * longer completions and to one side of the screen, and slipping now and then.
 *
 * @param temperature in gold score: two completions this far apart have odds of e to 1
 * @param errorRate probability of a slip, in which the labeler gives the opposite answer; at most 0.5
 * @param lengthBias nats of odds in favour of a completion for every word that it is longer
 * @param positionBias nats of odds in favour of the completion on the left
 */
public record SimulatedLabeler(
        GoldJudge judge,
        String name,
        double temperature,
        double errorRate,
        double lengthBias,
        double positionBias,
        long seed) {
    /** The share of ties among answers to two equally good completions; it falls by e with every nat between them. */
    private static final double TIES_WHEN_EQUAL = 0.35;

    private static final double SLIGHTLY_BELOW = 1.0;
    private static final double MUCH_ABOVE = 3.0;
    private static final int MS_PER_WORD = 220;

    public SimulatedLabeler {
        if (!(temperature > 0)) {
            throw new UserError("a labeler's temperature must be above 0, was " + temperature);
        }
        if (!(errorRate >= 0 && errorRate <= 0.5)) {
            throw new UserError("a labeler's error rate must be from 0 to 0.5, was " + errorRate);
        }
    }

    /**
     * Probability that the first is chosen, given that it is no tie; a slip included.
     *
     * @param secondOnLeft how the sides are shown
     */
    public double probabilityFirst(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        double meant = sigmoid(margin(prompt, first, second, secondOnLeft));
        return (1 - errorRate) * meant + errorRate * (1 - meant);
    }

    /** Probability of a tie. */
    public double probabilityTie(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        return TIES_WHEN_EQUAL * Math.exp(-Math.abs(margin(prompt, first, second, secondOnLeft)));
    }

    /** Log odds of meaning the first. */
    double margin(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        double gold =
                judge.judge(prompt, first).score() - judge.judge(prompt, second).score();
        int longer = Grammar.words(first.text()) - Grammar.words(second.text());
        return gold / temperature + lengthBias * longer + (secondOnLeft ? -positionBias : positionBias);
    }

    /** The answer to a comparison, drawn from (seed, name, comparison) alone. */
    public Preference answer(Comparison comparison, Instant at) {
        String purpose = "label " + name + " " + comparison.prompt().id()
                + comparison.first().text() + "\u0000" + comparison.second().text();
        RandomGenerator random = Draws.of(seed, purpose, comparison.id());
        boolean secondOnLeft = random.nextBoolean();
        Answer answer = draw(comparison, secondOnLeft, random);
        int words = Grammar.words(
                comparison.first().text() + " " + comparison.second().text());
        long shownMs = Math.round((900 + MS_PER_WORD * words) * (0.6 + 0.8 * random.nextDouble()));
        UUID id = new UUID((random.nextLong() & ~0xf000L) | 0x4000L, (random.nextLong() >>> 2) | 0x8000000000000000L);
        return new Preference(id, comparison.id(), name, answer, secondOnLeft, shownMs, at, null);
    }

    private Answer draw(Comparison comparison, boolean secondOnLeft, RandomGenerator random) {
        double margin = margin(comparison.prompt(), comparison.first(), comparison.second(), secondOnLeft);
        if (random.nextDouble() < TIES_WHEN_EQUAL * Math.exp(-Math.abs(margin))) {
            return Answer.TIE;
        }
        boolean meansFirst = random.nextDouble() < sigmoid(margin);
        boolean slips = random.nextDouble() < errorRate;
        int strength = meansFirst == margin > 0 ? strength(Math.abs(margin)) : 1;
        return Answer.ofStrength(meansFirst == slips ? -strength : strength);
    }

    private static int strength(double size) {
        return size < SLIGHTLY_BELOW ? 1 : size < MUCH_ABOVE ? 2 : 3;
    }

    /**
     * The accuracy on this labeler's answers, ties left out, that a judge reaches who knows every gold score: no reward
     * model can be expected to do better without learning the labeler's faults. Equal gold scores count half.
     */
    public double ceiling(List<Comparison> comparisons) {
        return ceiling(List.of(this), comparisons);
    }

    /** The same over the answers of several labelers, each of whom answers every comparison. */
    public static double ceiling(List<SimulatedLabeler> labelers, List<Comparison> comparisons) {
        double right = 0;
        double all = 0;
        for (SimulatedLabeler labeler : labelers) {
            for (Comparison comparison : comparisons) {
                for (boolean secondOnLeft : new boolean[] {false, true}) {
                    double answered = 1 - labeler.tie(comparison, secondOnLeft);
                    right += answered * labeler.agreement(comparison, secondOnLeft);
                    all += answered;
                }
            }
        }
        return all == 0 ? Double.NaN : right / all;
    }

    private double tie(Comparison c, boolean secondOnLeft) {
        return probabilityTie(c.prompt(), c.first(), c.second(), secondOnLeft);
    }

    private double agreement(Comparison c, boolean secondOnLeft) {
        double first = judge.judge(c.prompt(), c.first()).score();
        double second = judge.judge(c.prompt(), c.second()).score();
        if (first == second) {
            return 0.5;
        }
        double choosesFirst = probabilityFirst(c.prompt(), c.first(), c.second(), secondOnLeft);
        return first > second ? choosesFirst : 1 - choosesFirst;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
