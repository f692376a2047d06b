package dev.heed.world;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.Draws;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Answers comparisons as a person with known faults would: by a Bradley–Terry probability over gold scores, leaning to
 * longer completions and to one side of the screen, slipping now and then, and at worst not reading at all. {@link SimulatedGrader}
 * has how it ranks and rates.
 */
public record SimulatedLabeler(GoldJudge judge, String name, Faults faults, long seed) {
    /** The share of ties among answers to two equally good completions; it falls by e with every nat between them. */
    static final double TIES_WHEN_EQUAL = 0.35;

    private static final double SLIGHTLY_BELOW = 1.0;
    private static final double MUCH_ABOVE = 3.0;
    private static final int MS_PER_WORD = 220;

    /**
     * Probability that the first is chosen, given that it is no tie; slips and what is unread included.
     *
     * @param secondOnLeft how the sides are shown
     */
    public double probabilityFirst(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        double meant = sigmoid(margin(prompt, first, second, secondOnLeft));
        double read = (1 - faults.errorRate()) * meant + faults.errorRate() * (1 - meant);
        double unread = faults.careless() / 2 + (secondOnLeft ? 0 : faults.alwaysLeft());
        double decided = (1 - faults.unread()) * (1 - tieWhenRead(prompt, first, second, secondOnLeft));
        return (decided * read + unread) / (decided + faults.unread());
    }

    /** Probability of a tie. */
    public double probabilityTie(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        return (1 - faults.unread()) * tieWhenRead(prompt, first, second, secondOnLeft);
    }

    private double tieWhenRead(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        return TIES_WHEN_EQUAL * Math.exp(-Math.abs(margin(prompt, first, second, secondOnLeft)));
    }

    /** Log odds of meaning the first. */
    double margin(Prompt prompt, Completion first, Completion second, boolean secondOnLeft) {
        double gold =
                judge.judge(prompt, first).score() - judge.judge(prompt, second).score();
        int longer = Grammar.words(first.text()) - Grammar.words(second.text());
        double left = secondOnLeft ? -faults.positionBias() : faults.positionBias();
        return gold / faults.temperature() + faults.lengthBias() * longer + left;
    }

    /** The answer to a comparison, drawn from (seed, name, comparison) alone. */
    public Preference answer(Comparison comparison, Instant at) {
        String purpose = "label " + name + " " + comparison.prompt().id()
                + comparison.first().text() + "\u0000" + comparison.second().text();
        RandomGenerator random = Draws.of(seed, purpose, comparison.id());
        if (comparison.kind() != Kind.PAIR) {
            return new SimulatedGrader(this, comparison, random).answer(at);
        }
        boolean secondOnLeft = random.nextBoolean();
        Answer read = read(comparison, secondOnLeft, random);
        Answer answer = unread(Draws.uniform(seed, "unread " + purpose, comparison.id()), secondOnLeft)
                .orElse(read);
        long shownMs = shownMs(comparison, random);
        return new Preference(id(random), comparison.id(), name, answer, secondOnLeft, shownMs, at, null);
    }

    long shownMs(Comparison comparison, RandomGenerator random) {
        int words = Grammar.words(String.join(" ", comparison.texts()));
        return Math.round(faults.pace() * (900 + MS_PER_WORD * words) * (0.6 + 0.8 * random.nextDouble()));
    }

    static UUID id(RandomGenerator random) {
        return new UUID((random.nextLong() & ~0xf000L) | 0x4000L, (random.nextLong() >>> 2) | 0x8000000000000000L);
    }

    /** @param lot in [0, 1) */
    private Optional<Answer> unread(double lot, boolean secondOnLeft) {
        if (lot < faults.careless()) {
            return Optional.of(lot < faults.careless() / 2 ? Answer.FIRST : Answer.SECOND);
        }
        return lot < faults.unread() ? Optional.of(secondOnLeft ? Answer.SECOND : Answer.FIRST) : Optional.empty();
    }

    private Answer read(Comparison comparison, boolean secondOnLeft, RandomGenerator random) {
        double margin = margin(comparison.prompt(), comparison.first(), comparison.second(), secondOnLeft);
        if (random.nextDouble() < TIES_WHEN_EQUAL * Math.exp(-Math.abs(margin))) {
            return Answer.TIE;
        }
        boolean meansFirst = random.nextDouble() < sigmoid(margin);
        boolean slips = random.nextDouble() < faults.errorRate();
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
