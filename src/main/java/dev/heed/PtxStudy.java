package dev.heed;

import dev.heed.eval.Effect;
import dev.heed.eval.ModelCard;
import dev.heed.quality.Interval;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.train.Ptx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** What a policy forgets of plain text while it learns to please, with and without pretraining text mixed in. */
final class PtxStudy {
    private static final double[] SHARES = {0, 0.25, 1};

    private PtxStudy() {}

    static Effect of(Studying study) {
        Ptx.Mix most = study.knobs().ppo().ptx();
        if (!most.mixes()) {
            throw new UserError("--ppo-ptx-coef must be above 0, the most that is mixed in, was 0; try @ptx");
        }
        RunDir reward = study.reward("study-reward-1", 1, study.all());
        Map<Double, List<RunDir>> runs = new LinkedHashMap<>();
        for (double share : SHARES) {
            Ptx.Mix mix = new Ptx.Mix(most.text(), share * most.coef(), most.batch(), most.length());
            runs.put(
                    mix.coef(),
                    study.each(seed -> study.ppo(
                            "study-ptx-%s-%d".formatted(shown(mix.coef()).replace('.', '_'), seed),
                            seed,
                            new Cast(study.start(), study.start(), reward.model()),
                            study.knobs().ppo().mixing(mix))));
        }
        Map<String, ModelCard> cards =
                study.sat(runs.values().stream().flatMap(List::stream).toList());
        List<Effect.Point> cost = new ArrayList<>();
        List<String> found = new ArrayList<>();
        double before = Objects.requireNonNull(cards.get("start")).bitsPerByte();
        runs.forEach((coef, seeds) -> {
            Interval bits = of(cards, seeds, ModelCard::bitsPerByte);
            cost.add(new Effect.Point("coefficient " + shown(coef), coef, bits));
            found.add(String.format(
                    Locale.ROOT,
                    "With coefficient %s plain text costs %.3f bits a byte (%+.1f %%); the policy wins %.0f %% over the start, at %.1f nats.",
                    shown(coef),
                    bits.mean(),
                    100 * (bits.mean() / before - 1),
                    100 * of(cards, seeds, card -> card.winRateVsSft().mean()).mean(),
                    of(cards, seeds, ModelCard::kl).mean()));
        });
        return new Effect(
                "ptx",
                "What does alignment cost, and does pretraining text repair it?",
                "PPO made a model worse at other tasks; mixing gradients of pretraining text into its updates (PPO-ptx) repaired most of it.",
                "Ouyang et al. 2022, arXiv:2203.02155, section 4.2",
                new Effect.Axis("weight of the surprise at pretraining text", false),
                new Effect.Axis("bits a byte of plain text that nothing learned from", false),
                List.of(new Effect.Curve("policy", false, cost)),
                List.of(new Effect.Level("the model that all start from", before)),
                "from the lowest to the highest of %d seeds"
                        .formatted(study.knobs().alike().seeds()),
                found);
    }

    private static Interval of(Map<String, ModelCard> cards, List<RunDir> seeds, ToDoubleFunction<ModelCard> value) {
        return Studying.range(seeds.stream()
                .map(run -> value.applyAsDouble(Objects.requireNonNull(cards.get(run.name()))))
                .toList());
    }

    private static String shown(double coef) {
        return String.format(Locale.ROOT, "%.3g", coef).replaceAll("\\.?0+$", "");
    }
}
