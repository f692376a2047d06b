package dev.heed;

import dev.heed.eval.BagOfWords;
import dev.heed.eval.Distinct;
import dev.heed.eval.Examination;
import dev.heed.eval.Judge;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.Scored;
import dev.heed.eval.Verdict;
import dev.heed.eval.WinRate;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.ProcessUse;
import dev.heed.text.ChatTemplate;
import dev.heed.text.SentenceFile;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Whether the stories became kinder: both models go on with the same held-out openings, and a bag of words reads them. */
final class StoriesExam {
    private static final int SHOWN = 3;
    private static final Verdict.Parts NO_PARTS =
            new Verdict.Parts(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    private final Context context;
    private final Stages stages;
    private final StoriesCommand.Knobs knobs;
    private final SentencePairs sentences;
    private final List<Prompt> openings;
    private final BagOfWords words;
    private final Bootstrap bootstrap;

    /** @param openings held-out ones */
    StoriesExam(
            Context context,
            Stages stages,
            StoriesCommand.Knobs knobs,
            SentencePairs sentences,
            List<Prompt> openings) {
        this.context = context;
        this.stages = stages;
        this.knobs = knobs;
        this.sentences = sentences;
        this.openings = openings;
        this.words = BagOfWords.of(sentences.kept().positive(), sentences.kept().negative());
        this.bootstrap = new Bootstrap(context.seed());
    }

    /** A model's answers and what both judges say to them. */
    private record Sat(List<Verdict> verdicts, double score) {}

    StoriesResult of(Path checkpoint, Path kinder, Path rewardDir, List<Pair> pairs) {
        try (Tokenizer tokenizer = Tokenizer.load(checkpoint);
                Transformer reference = Transformer.load(stages.torch(), checkpoint, Head.LANGUAGE);
                Transformer policy = Transformer.load(stages.torch(), kinder, Head.LANGUAGE);
                RewardModel loaded = RewardModel.load(stages.torch(), rewardDir)) {
            RewardModel reward = loaded.ending(tokenizer.eos());
            ChatTemplate template = ChatTemplate.of(tokenizer);
            Judge judge = (prompt, text, ended) -> new Judge.Opinion(words.positive(text), NO_PARTS);
            Examination exam = new Examination(
                    openings,
                    knobs.examSamples(),
                    tokenizer,
                    reference,
                    judge,
                    knobs.sampling().decoding(),
                    context.seed());
            Sat before =
                    new Sat(exam.of(reference, template::prompt), exam.meanScore(reference, reward, template::prompt));
            Sat after = new Sat(exam.of(policy, template::prompt), exam.meanScore(policy, reward, template::prompt));
            return result(before, after, pairs, RewardAccuracy.of(judged(reward, template, pairs), bootstrap));
        }
    }

    private StoriesResult result(Sat before, Sat after, List<Pair> pairs, RewardAccuracy reward) {
        WinRate versus = WinRate.of(scored(after), scored(before), prompts(after));
        SentenceFile kept = sentences.kept();
        SentenceFile met = sentences.learned();
        long held = pairs.stream().filter(StoriesExam::heldOut).count();
        return new StoriesResult(
                context.seed(),
                ProcessUse.seconds(),
                ProcessUse.peakRssMb(),
                stages.torch().precision().name().toLowerCase(Locale.ROOT),
                new StoriesResult.Preferences(pairs.size() - held, held),
                new StoriesResult.RewardModel(
                        reward.accuracy(), reward.loss(), reward.calibration().ece(), reward.lengthCorrelation()),
                new StoriesResult.Judge(
                        kept.positive().size() + kept.negative().size(),
                        words.accuracy(met.positive(), met.negative())),
                measured(before),
                measured(after),
                change(before, after),
                versus.rate(bootstrap),
                versus.lengthControlled(bootstrap),
                samples(before, after));
    }

    private StoriesResult.Measured measured(Sat sat) {
        return new StoriesResult.Measured(
                mean(sat, Verdict::gold),
                sat.score(),
                mean(sat, Verdict::kl),
                Distinct.ofWords(sat.verdicts().stream().map(Verdict::text).toList(), 2),
                mean(sat, Verdict::tokens),
                mean(sat, v -> v.ended() ? 1 : 0));
    }

    private Interval mean(Sat sat, ToDoubleFunction<Verdict> value) {
        return bootstrap.mean(sat.verdicts().stream().mapToDouble(value).toArray(), prompts(sat));
    }

    private Interval change(Sat before, Sat after) {
        double[] differences = IntStream.range(0, after.verdicts().size())
                .mapToDouble(i -> after.verdicts().get(i).gold()
                        - before.verdicts().get(i).gold())
                .toArray();
        return bootstrap.mean(differences, prompts(after));
    }

    private static List<Scored> scored(Sat sat) {
        return sat.verdicts().stream()
                .map(v -> new Scored(v.gold(), v.tokens()))
                .toList();
    }

    private static List<String> prompts(Sat sat) {
        return sat.verdicts().stream().map(Verdict::prompt).toList();
    }

    /** The first continuation of openings evenly apart: not chosen by what is in them. */
    private List<StoriesResult.Sample> samples(Sat before, Sat after) {
        return IntStream.range(0, Math.min(SHOWN, openings.size()))
                .map(i -> i * openings.size() / SHOWN)
                .mapToObj(i -> {
                    Verdict was = before.verdicts().get(i * knobs.examSamples());
                    Verdict is = after.verdicts().get(i * knobs.examSamples());
                    return new StoriesResult.Sample(
                            openings.get(i).text(), was.text(), was.gold(), is.text(), is.gold());
                })
                .toList();
    }

    private static boolean heldOut(Pair pair) {
        return pair.prompt().split() == Split.HELD_OUT;
    }

    private static List<RewardAccuracy.Judged> judged(RewardModel reward, ChatTemplate template, List<Pair> pairs) {
        List<Pair> held = pairs.stream().filter(StoriesExam::heldOut).toList();
        List<int[]> rows = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        for (Pair pair : held) {
            for (String text : List.of(pair.chosen(), pair.rejected())) {
                int[] completion = template.completion(text);
                rows.add(ChatTemplate.row(template.prompt(pair.prompt()), completion));
                lengths.add(completion.length);
            }
        }
        float[] scores = reward.scores(rows);
        double scale = reward.scale().std(); // back to the scale that the probability of a preference is on
        return IntStream.range(0, held.size())
                .mapToObj(i -> new RewardAccuracy.Judged(
                        held.get(i).prompt().id(),
                        held.get(i).labeler(),
                        held.get(i).strength(),
                        new Scored(scores[2 * i] * scale, lengths.get(2 * i)),
                        new Scored(scores[2 * i + 1] * scale, lengths.get(2 * i + 1))))
                .toList();
    }
}
