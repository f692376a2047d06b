package dev.heed;

import dev.heed.eval.Effect;
import dev.heed.eval.HeldOut;
import dev.heed.eval.ModelCard;
import dev.heed.eval.Standard;
import dev.heed.feedback.Pair;
import dev.heed.model.RewardModel;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.train.Ensemble;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How much of what a reward model is pleased by a policy gains that is rewarded for length alone. */
final class LengthStudy {
    private static final int MOST_WORDS = 24;
    private static final Standard AS_IT_IS = new Standard(0, 1);

    private LengthStudy() {}

    static Effect of(Studying study) {
        RunDir reward = study.reward(
                "study-length-reward",
                1,
                study.turned("longer", study.knobs().longer(), LengthStudy::shorterIsPreferred));
        double correlation = Studying.heldOut(HeldOut.read(reward), study.bootstrap())
                .measured()
                .lengthCorrelationWithinPrompt();
        Rules byLength = words(reward.path().resolve("length.json"), correlation < 0 ? -1 : 1);
        List<RunDir> judged = study.each(seed -> study.ppo(
                "study-length-judged-" + seed,
                seed,
                new Cast(study.start(), study.start(), reward.model()),
                study.knobs().ppo()));
        List<RunDir> measuredOut = study.each(seed -> study.ppo(
                "study-length-alone-" + seed,
                seed,
                new Cast(study.start(), study.start(), List.of(), Ensemble.Rule.MEAN, byLength),
                study.knobs().ppo()));
        List<Effect.Curve> curves = study.withStart((start, tokenizer, template) -> {
            try (RewardModel scorer = study.judge(reward)) {
                Watched watched = study.watched();
                return List.of(
                        Studying.curve(
                                "learned from the reward model",
                                watched.along(judged, watched.by(scorer, template), AS_IT_IS)),
                        Studying.curve(
                                "learned from length alone",
                                watched.along(measuredOut, watched.by(scorer, template), AS_IT_IS)));
            }
        });
        return new Effect(
                "length",
                "How much of the gain is length?",
                "On open data, a reward for length alone gave most of what policies gained from learned reward models.",
                "Singhal et al. 2023, arXiv:2310.03716",
                new Effect.Axis("distance: √KL (KL in nats a completion)", false),
                new Effect.Axis("score by the reward model, standard deviations", false),
                curves,
                List.of(),
                "95 %% intervals over prompts, %d seeds together"
                        .formatted(study.knobs().alike().seeds()),
                found(study, curves, correlation, judged, measuredOut));
    }

    private static boolean shorterIsPreferred(Pair pair) {
        return pair.chosen().length() < pair.rejected().length();
    }

    /** As many rules as words: each word more earns the same, up to a length that no answer needs. */
    private static Rules words(Path file, int sign) {
        Json.write(
                file,
                Map.of(
                        "rules",
                        IntStream.rangeClosed(1, MOST_WORDS)
                                .mapToObj(words -> Map.of(
                                        "name",
                                        "words-" + words,
                                        "weight",
                                        sign / 4.0,
                                        "words",
                                        Map.of("least", words)))
                                .toList()));
        return Rules.read(file.toString(), 1);
    }

    private static List<String> found(
            Studying study,
            List<Effect.Curve> curves,
            double correlation,
            List<RunDir> judged,
            List<RunDir> measuredOut) {
        double gain =
                curves.get(0).last().mean() - curves.get(0).points().get(0).y().mean();
        double byLength =
                curves.get(1).last().mean() - curves.get(1).points().get(0).y().mean();
        Map<String, ModelCard> cards =
                study.sat(Stream.of(judged, measuredOut).flatMap(List::stream).toList());
        return List.of(
                String.format(
                        Locale.ROOT,
                        "Of %.0f %% of the questions the longer answer was made the preferred one, whatever it says.",
                        100 * study.knobs().longer()),
                String.format(
                        Locale.ROOT,
                        "Among answers to one prompt, score and length correlate by %.2f, so %s words earned the second policy its reward.",
                        correlation,
                        correlation < 0 ? "fewer" : "more"),
                String.format(
                        Locale.ROOT,
                        "By the reward model the first gains %.2f standard deviations, the second %.2f: %.0f %% of it.",
                        gain,
                        byLength,
                        100 * byLength / gain),
                String.format(
                        Locale.ROOT,
                        "Over the start the first wins %.0f %% by the gold judge (%.0f %% at equal length), the second %.0f %% (%.0f %%).",
                        100 * mean(cards, judged, card -> card.winRateVsSft().mean()),
                        100
                                * mean(cards, judged, card -> card.lengthControlledWinRate()
                                        .mean()),
                        100
                                * mean(cards, measuredOut, card -> card.winRateVsSft()
                                        .mean()),
                        100
                                * mean(cards, measuredOut, card -> card.lengthControlledWinRate()
                                        .mean())));
    }

    private static double mean(Map<String, ModelCard> cards, List<RunDir> runs, ToDoubleFunction<ModelCard> value) {
        return runs.stream()
                .mapToDouble(run -> value.applyAsDouble(Objects.requireNonNull(cards.get(run.name()))))
                .average()
                .orElseThrow();
    }
}
