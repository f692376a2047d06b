package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A model's report card on held-out prompts. Shares are in [0, 1]; a part that no prompt asks for is {@link Interval#NONE}.
 *
 * @param gold mean score by the gold judge
 * @param winRateVsSft against the SFT model by gold score, ties as half
 * @param lengthControlledWinRate the same at equal length, see {@link WinRate}
 * @param truth share of true answers to prompts about facts
 * @param follows share that does what was asked
 * @param kind share that is kind, neither kind nor rude as half
 * @param declines of what should be declined, the share that is, rudely or by evasion as half
 * @param wronglyDeclines of what should be answered, the share that is declined
 * @param ends share that stops where the answer is complete
 * @param kl to the reference, nats a completion
 * @param bitsPerByte on clean held-out text: what it costs in general ability
 * @param distinct2 different word pairs over all word pairs
 * @param length mean tokens a completion
 * @param eosRate share of completions that stop by themselves
 * @param intervals of the plain numbers where there are any, by their JSON names ("kl", "length", …)
 */
public record ModelCard(
        String name,
        Interval gold,
        Interval winRateVsSft,
        Interval lengthControlledWinRate,
        Interval truth,
        Interval follows,
        Interval kind,
        Interval declines,
        Interval wronglyDeclines,
        Interval ends,
        double kl,
        double bitsPerByte,
        double distinct2,
        double length,
        double eosRate,
        Map<String, Interval> intervals) {
    public ModelCard {
        intervals = Map.copyOf(intervals);
    }

    /**
     * @param verdicts one per held-out prompt, or several
     * @param sft the SFT model's, on the same prompts in the same order
     */
    public static ModelCard of(
            String name, List<Verdict> verdicts, List<Verdict> sft, double bitsPerByte, Bootstrap bootstrap) {
        WinRate versus = WinRate.of(scored(verdicts), scored(sft), prompts(verdicts));
        Interval kl = mean(verdicts, Verdict::kl, bootstrap);
        Interval length = mean(verdicts, Verdict::tokens, bootstrap);
        Interval eosRate = mean(verdicts, v -> v.ended() ? 1 : 0, bootstrap);
        return new ModelCard(
                name,
                mean(verdicts, Verdict::gold, bootstrap),
                versus.rate(bootstrap),
                versus.lengthControlled(bootstrap),
                mean(verdicts, v -> v.parts().truth(), bootstrap),
                mean(verdicts, v -> v.parts().follows(), bootstrap),
                mean(verdicts, v -> v.parts().kind(), bootstrap),
                mean(verdicts, v -> v.parts().declines(), bootstrap),
                mean(verdicts, v -> v.parts().wronglyDeclines(), bootstrap),
                mean(verdicts, v -> v.parts().ends(), bootstrap),
                kl.mean(),
                bitsPerByte,
                Distinct.ofWords(verdicts.stream().map(Verdict::text).toList(), 2),
                length.mean(),
                eosRate.mean(),
                Map.of("kl", kl, "length", length, "eos_rate", eosRate));
    }

    /**
     * A method's card from those of its seeds: shares and scores of all their answers together, but what depends on how much
     * text there is, and the text's cost, as means over the seeds.
     *
     * @param verdicts of all seeds, one seed after the other
     * @param sft the baseline's, as often
     * @param seeds at least one
     */
    public static ModelCard ofSeeds(
            String name, List<Verdict> verdicts, List<Verdict> sft, List<ModelCard> seeds, Bootstrap bootstrap) {
        double bits =
                seeds.stream().mapToDouble(ModelCard::bitsPerByte).average().orElseThrow();
        double distinct =
                seeds.stream().mapToDouble(ModelCard::distinct2).average().orElseThrow();
        ModelCard all = of(name, verdicts, sft, bits, bootstrap);
        return new ModelCard(
                name,
                all.gold,
                all.winRateVsSft,
                all.lengthControlledWinRate,
                all.truth,
                all.follows,
                all.kind,
                all.declines,
                all.wronglyDeclines,
                all.ends,
                all.kl,
                bits,
                distinct,
                all.length,
                all.eosRate,
                all.intervals);
    }

    private static Interval mean(List<Verdict> verdicts, ToDoubleFunction<Verdict> value, Bootstrap bootstrap) {
        List<Verdict> asked = verdicts.stream()
                .filter(v -> !Double.isNaN(value.applyAsDouble(v)))
                .toList();
        return bootstrap.mean(asked.stream().mapToDouble(value).toArray(), prompts(asked));
    }

    private static List<Scored> scored(List<Verdict> verdicts) {
        return verdicts.stream().map(v -> new Scored(v.gold(), v.tokens())).toList();
    }

    private static List<String> prompts(List<Verdict> verdicts) {
        return verdicts.stream().map(Verdict::prompt).toList();
    }
}
