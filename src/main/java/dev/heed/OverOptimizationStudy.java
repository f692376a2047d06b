package dev.heed;

import dev.heed.db.Snapshot;
import dev.heed.eval.Effect;
import dev.heed.eval.Standard;
import dev.heed.run.RunDir;
import dev.heed.train.Ensemble;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** A policy that follows a reward model of wrong labels too far, and one that follows several such models' worst case. */
final class OverOptimizationStudy {
    private OverOptimizationStudy() {}

    static Effect of(Studying study) {
        Snapshot noisy = study.turned("noise", study.knobs().noise(), pair -> true);
        List<RunDir> judges = LongStream.rangeClosed(1, study.knobs().members())
                .mapToObj(member -> study.reward("study-noisy-" + member, member, noisy))
                .toList();
        List<Path> models = judges.stream().map(RunDir::model).toList();
        List<RunDir> alone = study.each(seed -> study.ppo(
                "study-alone-" + seed,
                seed,
                new Cast(study.start(), study.start(), models.get((int) ((seed - 1) % models.size()))),
                study.knobs().ppo()));
        Ensemble.Rule rule = new Ensemble.Rule(Ensemble.Kind.MINIMUM, 0);
        List<RunDir> together = study.each(seed -> study.ppo(
                "study-together-" + seed,
                seed,
                new Cast(study.start(), study.start(), models, rule, Rules.NONE),
                study.knobs().ppo()));
        Standard gold = Studying.yardstick(study.candidates(16, judges.get(0)).gold());
        Watched watched = study.watched();
        Standard proxy = new Standard(0, 1);
        List<Effect.Curve> curves = List.of(
                Studying.curve("one model: what it says", watched.along(alone, Watched::score, proxy)),
                Studying.curve("one model: the judge", watched.along(alone, watched::gold, gold)),
                Studying.curve("ensemble: what it says", watched.along(together, Watched::score, proxy)),
                Studying.curve("ensemble: the judge", watched.along(together, watched::gold, gold)));
        return new Effect(
                "over-optimization",
                "What does a policy make of wrong labels, and what does an ensemble mend?",
                "With a quarter of the labels wrong, the true score of a policy rises, then falls, while its reward model's goes on rising; the worst case of an ensemble takes most of the fall away.",
                "Coste et al. 2023, arXiv:2310.02743; Gao et al. 2022, arXiv:2210.10760",
                new Effect.Axis("distance: √KL (KL in nats a completion)", false),
                new Effect.Axis("standard deviations above the start", false),
                curves,
                List.of(),
                "95 %% intervals over prompts, %d seeds together"
                        .formatted(study.knobs().alike().seeds()),
                List.of(
                        fall("Alone, the reward model", curves.get(0), curves.get(1)),
                        fall("The ensemble", curves.get(2), curves.get(3))));
    }

    private static String fall(String who, Effect.Curve said, Effect.Curve judged) {
        Effect.Point peak = judged.points().stream()
                .max(Comparator.comparingDouble(point -> point.y().mean()))
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "%s says %.2f in the end, at √KL %.2f; the judge %.2f, %.2f below its peak at √KL %.2f.",
                who,
                said.last().mean(),
                judged.points().get(judged.points().size() - 1).x(),
                judged.last().mean(),
                peak.y().mean() - judged.last().mean(),
                peak.x());
    }
}
