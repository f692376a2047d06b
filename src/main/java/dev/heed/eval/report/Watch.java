package dev.heed.eval.report;

import dev.heed.eval.HeldOutResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.report.CardData.Content;
import dev.heed.eval.report.CardData.Ends;
import dev.heed.eval.report.CardData.Learned;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a report card tells to watch: each a rule with its limit, looked up in docs/METRICS.md. */
public enum Watch {
    NOT_EVALUATED(
            "no evaluation or exam of it is in the home", "heed eval judges the loop's models, heed exam any model"),
    NOT_BETTER(
            "its win rate over the baseline may be a half or less",
            "look at the answers before you use it; more preferences, or another round"),
    GOT_WORSE("a share is worse than the baseline's by more than its interval", "see what it lost; a larger KL weight"),
    STRAYED(
            "KL to the reference above 10 nats a completion",
            "it has left the language that the reward model knows; a larger KL weight, fewer steps"),
    RUNS_ON("fewer than 95 % of its completions stop by themselves", "see --missing-eos-score, or more --max-tokens"),
    MONOTONOUS("distinct word pairs fell by more than 20 %", "answers grow alike; a larger KL weight, fewer steps"),
    OTHER_LENGTH("mean length moved by more than a third", "compare the win rate at equal length"),
    UNLEARNED(
            "bits a byte of plain text rose by more than 5 %",
            "it unlearns the language; a larger KL weight, --ptx-coef, a smaller --lr"),
    ENTROPY_FELL("entropy fell below a third of where it began", "answers grow alike; a larger KL weight, fewer steps"),
    CRITIC_BLIND(
            "explained variance was below 0 in the last tenth of the steps", "a smaller --critic-lr, or more steps"),
    ONLY_LENGTH(
            "the reward model is not surely better than “the longer one is better”",
            "it may have learned length; more preferences in which the shorter one wins"),
    LOVES_LENGTH(
            "within a prompt, the reward model's score goes with length by more than |r| = 0.5",
            "compare win rates at equal length; a length penalty"),
    BELOW_CEILING(
            "the reward model's accuracy is surely below what labelers' noise allows",
            "there is more to learn from these labelers; more comparisons, or a larger model"),
    TOO_SURE("the reward model's calibration error is above 5 %", "divide its scores by the temperature of its page"),
    NOT_MEASURED(
            "nothing tells how good the reward model is on held-out preferences",
            "heed card of the reward run asks it; without any, label prompts that are held out"),
    FEW_HELD_OUT("fewer than 100 held-out prompts measure the reward model", "read its intervals, not its numbers"),
    FEW_PREFERENCES(
            "learned from fewer than 1,000 comparisons", "label more, above all where the reward model is unsure"),
    ONE_LABELER("one labeler gave more than 80 % of the preferences", "its taste is theirs; ask others the same"),
    NOT_REPRODUCIBLE(
            "a run of its line was made from changed or unknown sources",
            "make it anew from a clean commit to repeat it"),
    UNREADABLE("a file that the card should tell of cannot be read", "restore it, or do what the line says");

    private static final double MOST_KL = 10; // nats a completion
    private static final double FEWEST_ENDS = 0.95;
    private static final double VARIETY = 0.8;
    private static final double LONGER = 4 / 3.0;
    private static final double UNLEARNING = 1.05;
    private static final double LENGTH = 0.5;
    private static final double CALIBRATION = 0.05;
    private static final int HELD_OUT = 100; // prompts
    private static final int PREFERENCES = 1_000; // comparisons
    private static final double ONE = 0.8;

    private final String limit;
    private final String advice;

    Watch(String limit, String advice) {
        this.limit = limit;
        this.advice = advice;
    }

    /** When it is told. */
    public String limit() {
        return limit;
    }

    /** What to think of, and do. */
    public String advice() {
        return advice;
    }

    /** @param found a sentence with the number that crossed the limit */
    public record Finding(Watch rule, String found) {}

    /** What to watch of a model, the gravest first. */
    public static List<Finding> of(CardData data) {
        List<Finding> found = new ArrayList<>();
        data.troubles().forEach(trouble -> found.add(new Finding(UNREADABLE, trouble)));
        evaluation(data, found);
        training(data, found);
        data.rewards().forEach(reward -> reward(reward, found));
        data.learned().forEach(learned -> preferences(learned, found));
        data.line().stream()
                .filter(step -> step.heed().commit().matches(".*-dirty|unknown"))
                .findFirst()
                .ifPresent(step -> found.add(new Finding(
                        NOT_REPRODUCIBLE,
                        "%s was made by commit %s"
                                .formatted(step.run(), step.heed().commit()))));
        return found;
    }

    private static void evaluation(CardData data, List<Finding> found) {
        if (data.evaluation() == null) {
            if (data.exams().isEmpty() && !data.scores()) {
                found.add(new Finding(NOT_EVALUATED, "It was never evaluated"));
            }
            return;
        }
        ModelCard card = data.evaluation().card();
        ModelCard baseline = data.evaluation().baseline();
        boolean itself = card.name().equals(baseline.name());
        Interval wins = card.winRateVsSft();
        add(found, NOT_BETTER, !itself && wins.known() && wins.low() <= 0.5, "It wins " + Numbers.percent(wins));
        Measure.ALL.stream()
                .filter(m -> m.kind() == Measure.Kind.SHARE && !m.key().contains("win_rate") && m.worse(baseline, card))
                .forEach(m -> found.add(new Finding(
                        GOT_WORSE,
                        "%s: %s, %s had %s"
                                .formatted(m.label(), m.show(m.of(card)), baseline.name(), m.show(m.of(baseline))))));
        add(found, STRAYED, card.kl() > MOST_KL, "It is " + Numbers.plain(card.kl()) + " nats a completion away");
        add(found, RUNS_ON, card.eosRate() < FEWEST_ENDS, Numbers.percent(card.eosRate()) + " stop by themselves");
        change(found, MONOTONOUS, baseline, card, ModelCard::distinct2, ratio -> ratio < VARIETY);
        change(found, OTHER_LENGTH, baseline, card, ModelCard::length, ratio -> ratio > LONGER || ratio < 1 / LONGER);
        change(found, UNLEARNED, baseline, card, ModelCard::bitsPerByte, ratio -> ratio > UNLEARNING);
    }

    private static void change(
            List<Finding> found,
            Watch rule,
            ModelCard before,
            ModelCard after,
            Function<ModelCard, Double> value,
            Function<Double, Boolean> crossed) {
        double was = value.apply(before);
        double is = value.apply(after);
        add(
                found,
                rule,
                was > 0 && crossed.apply(is / was),
                "%s, from %s to %s".formatted(Numbers.change(was, is), Numbers.plain(was), Numbers.plain(is)));
    }

    private static void training(CardData data, List<Finding> found) {
        Optional.ofNullable(data.curves().get("entropy"))
                .ifPresent(entropy -> add(found, ENTROPY_FELL, entropy.last() < entropy.first() / 3, ends(entropy)));
        Optional.ofNullable(data.curves().get("explained_variance"))
                .ifPresent(share -> add(found, CRITIC_BLIND, share.last() < 0, ends(share)));
    }

    private static String ends(Ends ends) {
        return "From %s to %s".formatted(Numbers.plain(ends.first()), Numbers.plain(ends.last()));
    }

    private static void reward(Rewarder reward, List<Finding> found) {
        HeldOutResult result = reward.result();
        if (result == null) {
            add(
                    found,
                    NOT_MEASURED,
                    reward.evaluated() == null,
                    "no held-out preferences of %s".formatted(reward.run()));
            return;
        }
        RewardAccuracy measured = result.measured();
        String is = "%s is right about %s".formatted(reward.run(), Numbers.percent(measured.accuracy()));
        add(
                found,
                ONLY_LENGTH,
                measured.accuracy().low() <= measured.alwaysLonger().mean(),
                "%s, the longer one is preferred in %s".formatted(is, Numbers.percent(measured.alwaysLonger())));
        double r = measured.lengthCorrelationWithinPrompt();
        add(
                found,
                LOVES_LENGTH,
                Math.abs(r) > LENGTH,
                "%s: r = %s of score and length".formatted(reward.run(), Numbers.decimals(r, 2)));
        add(
                found,
                BELOW_CEILING,
                measured.accuracy().high() < reward.ceiling().low(),
                "%s of at most %s".formatted(is, Numbers.percent(reward.ceiling())));
        add(
                found,
                TOO_SURE,
                measured.calibration().ece() > CALIBRATION,
                "%s is off by %s"
                        .formatted(
                                reward.run(),
                                Numbers.percent(measured.calibration().ece())));
        add(
                found,
                FEW_HELD_OUT,
                result.prompts() < HELD_OUT,
                "%s was measured on %d".formatted(reward.run(), result.prompts()));
    }

    private static void preferences(Learned learned, List<Finding> found) {
        Content content = learned.content();
        if (content == null || content.preferences() == 0) {
            return;
        }
        add(
                found,
                FEW_PREFERENCES,
                content.comparisons() < PREFERENCES,
                "%s learned from %s".formatted(learned.run(), Numbers.whole(content.comparisons())));
        double most = content.labelers().get(0) / (double) content.preferences();
        add(
                found,
                ONE_LABELER,
                most > ONE,
                "%s of what %s learned from".formatted(Numbers.percent(most), learned.run()));
    }

    private static void add(List<Finding> found, Watch rule, boolean crossed, String what) {
        if (crossed) {
            found.add(new Finding(rule, what));
        }
    }
}
