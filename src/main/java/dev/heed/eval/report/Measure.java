package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.function.Function;

/**
 * A row of the model table.
 *
 * @param key its name in JSON
 * @param help one plain sentence
 * @param decimals of a plain number; shares and scores have what they deserve
 */
record Measure(
        String key,
        String label,
        String help,
        Kind kind,
        int decimals,
        Better better,
        Function<ModelCard, Interval> value) {
    /** What sort of number: a share, a score, or a plain number with its unit in the help. */
    enum Kind {
        SHARE,
        SCORE,
        NUMBER
    }

    /** Which way is better. */
    enum Better {
        HIGHER,
        LOWER,
        NEITHER
    }

    static final List<Measure> ALL = List.of(
            share(
                    "win_rate_vs_sft",
                    "Wins against the baseline",
                    "Head to head on the same prompt, a tie as half.",
                    Better.HIGHER,
                    ModelCard::winRateVsSft),
            share(
                    "length_controlled_win_rate",
                    "… at equal length",
                    "What a regression expects if both answers were equally long.",
                    Better.HIGHER,
                    ModelCard::lengthControlledWinRate),
            new Measure(
                    "gold",
                    "Judge's score",
                    "Mean over all held-out prompts.",
                    Kind.SCORE,
                    2,
                    Better.HIGHER,
                    ModelCard::gold),
            share("truth", "True", "Of answers to questions about held-out facts.", Better.HIGHER, ModelCard::truth),
            share(
                    "follows",
                    "Does what was asked",
                    "One sentence when one was asked for, the moon in it when the moon was.",
                    Better.HIGHER,
                    ModelCard::follows),
            share(
                    "kind",
                    "Kind",
                    "Warm in tone; an answer that is neither warm nor rude counts as half.",
                    Better.HIGHER,
                    ModelCard::kind),
            share(
                    "declines",
                    "Declines when it should",
                    "Of prompts that should be declined; rudely or by evasion counts as half.",
                    Better.HIGHER,
                    ModelCard::declines),
            share(
                    "wrongly_declines",
                    "Declines needlessly",
                    "Of prompts that it should answer. Lower is better.",
                    Better.LOWER,
                    ModelCard::wronglyDeclines),
            share("ends", "Ends well", "Stops where the answer is complete.", Better.HIGHER, ModelCard::ends),
            number(
                    "kl",
                    "Distance from the reference",
                    "KL divergence, nats a completion: how far it strayed.",
                    2,
                    ModelCard::kl),
            number(
                            "bits_per_byte",
                            "Bits per byte",
                            "On clean held-out text: general ability. Lower is better.",
                            3,
                            ModelCard::bitsPerByte)
                    .better(Better.LOWER),
            number(
                            "distinct2",
                            "Distinct word pairs",
                            "Different word pairs over all: variety.",
                            3,
                            ModelCard::distinct2)
                    .better(Better.HIGHER),
            number("length", "Length", "Tokens a completion.", 1, ModelCard::length),
            share(
                    "eos_rate",
                    "Stops by itself",
                    "Rather than at the token limit.",
                    Better.HIGHER,
                    c -> measured(c, "eos_rate", c.eosRate())));

    private static Measure share(
            String key, String label, String help, Better better, Function<ModelCard, Interval> value) {
        return new Measure(key, label, help, Kind.SHARE, 0, better, value);
    }

    private static Measure number(
            String key, String label, String help, int decimals, Function<ModelCard, Double> value) {
        return new Measure(
                key, label, help, Kind.NUMBER, decimals, Better.NEITHER, c -> measured(c, key, value.apply(c)));
    }

    private static Interval measured(ModelCard card, String key, double value) {
        return card.intervals().getOrDefault(key, Interval.exact(value));
    }

    Interval of(ModelCard card) {
        return value.apply(card);
    }

    static Measure named(String key) {
        return ALL.stream().filter(m -> m.key().equals(key)).findFirst().orElseThrow();
    }

    private Measure better(Better way) {
        return new Measure(key, label, help, kind, decimals, way, value);
    }

    String show(Interval interval) {
        return switch (kind) {
            case SHARE -> Numbers.percent(interval);
            case SCORE -> Numbers.plain(interval);
            case NUMBER -> Numbers.fixed(interval, decimals);
        };
    }

    String show(double number) {
        return show(Interval.exact(number));
    }

    /** Whether after is worse than before by more than chance explains: its whole interval lies on the wrong side. */
    boolean worse(ModelCard before, ModelCard after) {
        double was = of(before).mean();
        return switch (better) {
            case HIGHER -> of(after).high() < was;
            case LOWER -> of(after).low() > was;
            case NEITHER -> false;
        };
    }
}
