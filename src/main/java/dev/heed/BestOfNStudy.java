package dev.heed;

import dev.heed.eval.BestOfN;
import dev.heed.eval.Effect;
import dev.heed.eval.Examination;
import dev.heed.quality.Interval;
import dev.heed.run.RunDir;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How often the best of n answers beats one, over how far that choice strays, beside what theory allows of both. */
final class BestOfNStudy {
    private static final int[] COUNTS = {1, 2, 4, 8, 16};

    private BestOfNStudy() {}

    static Effect of(Studying study) {
        RunDir reward = study.reward("study-reward-1", 1, study.all());
        Examination.Candidates candidates = study.candidates(study.knobs().answers(), reward);
        List<Effect.Point> bound = new ArrayList<>();
        List<Effect.Point> proxy = new ArrayList<>();
        List<Effect.Point> gold = new ArrayList<>();
        for (int n : COUNTS) {
            List<BestOfN.Drawn> drawn = IntStream.range(0, candidates.proxy().length)
                    .mapToObj(
                            p -> BestOfN.drawn(candidates.proxy()[p], candidates.gold()[p], n))
                    .toList();
            String name = "best of " + n;
            double kl = mean(study, drawn, BestOfN.Drawn::kl).mean();
            bound.add(new Effect.Point(name, BestOfN.klBound(n), Interval.exact(BestOfN.winBound(n))));
            proxy.add(new Effect.Point(name, kl, mean(study, drawn, BestOfN.Drawn::wins)));
            gold.add(new Effect.Point(name, kl, mean(study, drawn, BestOfN.Drawn::goldWins)));
        }
        return new Effect(
                "best-of-n",
                "What can the best of n answers gain, and how far can it stray?",
                "The best of n strays at most ln n − (n − 1)/n nats from a single answer and wins at most n/(n + 1) of the time by the score it is picked with: less of both where answers are alike.",
                "Beirami et al. 2024, arXiv:2401.01879",
                new Effect.Axis("KL to a single answer, nats", false),
                new Effect.Axis("wins over a single answer", true),
                List.of(
                        new Effect.Curve("at most", true, bound),
                        new Effect.Curve("by the reward model", false, proxy),
                        new Effect.Curve("by the gold judge", false, gold)),
                List.of(),
                "95 % intervals over prompts",
                found(bound, proxy, gold));
    }

    private static Interval mean(Studying study, List<BestOfN.Drawn> drawn, ToDoubleFunction<BestOfN.Drawn> value) {
        return study.bootstrap().mean(drawn.stream().mapToDouble(value).toArray());
    }

    private static List<String> found(List<Effect.Point> bound, List<Effect.Point> proxy, List<Effect.Point> gold) {
        int last = COUNTS.length - 1;
        boolean held = IntStream.rangeClosed(0, last)
                .allMatch(i -> proxy.get(i).x() <= bound.get(i).x() + 1e-9
                        && proxy.get(i).y().mean() <= bound.get(i).y().mean() + 1e-9);
        return List.of(String.format(
                Locale.ROOT,
                "Both bounds %s. Of %d answers the best strays %.2f nats of at most %.2f, wins %.0f %% of at most %.0f %% by the reward model, and %.0f %% by the gold judge.",
                held ? "hold" : "are broken",
                COUNTS[last],
                proxy.get(last).x(),
                bound.get(last).x(),
                100 * proxy.get(last).y().mean(),
                100 * bound.get(last).y().mean(),
                100 * gold.get(last).y().mean()));
    }
}
