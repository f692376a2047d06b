package dev.heed.doctor;

import dev.heed.doctor.Finding.Verdict;
import dev.heed.feedback.Prompt;
import dev.heed.model.Forward;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Scaled;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Whether a model, its tokenizer and the engine keep to what every method takes for granted. */
public final class ModelChecks {
    private static final int ROWS = 8;
    private static final double MOSTLY = 0.5;

    private final Transformer model;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final Decoding decoding;
    private final List<int[]> starts;
    private final List<Sampled> sampled;
    private final Forward.Rows rows;

    /**
     * Samples an answer to each prompt, which most checks look at.
     *
     * @param prompts some; at least one
     */
    public ModelChecks(Transformer model, Tokenizer tokenizer, List<Prompt> prompts, Decoding decoding, long seed) {
        if (prompts.isEmpty()) {
            throw new UserError("no prompts to check a model with; heed import prompts FILE");
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.template = ChatTemplate.of(tokenizer);
        this.decoding = decoding;
        starts = prompts.stream().map(template::prompt).toList();
        long[] keys = IntStream.range(0, starts.size()).asLongStream().toArray();
        sampled = new Sampler(model, tokenizer.eos()).sample(starts, decoding, seed, keys);
        rows = rows();
    }

    private Forward.Rows rows() {
        List<int[]> ids = new ArrayList<>();
        int[] from = new int[starts.size()];
        for (int i = 0; i < from.length; i++) {
            int[] start = starts.get(i);
            int[] completion = sampled.get(i).ids();
            int[] row = Arrays.copyOf(start, start.length + completion.length);
            System.arraycopy(completion, 0, row, start.length, completion.length);
            ids.add(row);
            from[i] = start.length;
        }
        return new Forward.Rows(ids, from);
    }

    /** The checks of tokens, then those of the model, the slowest last. */
    public List<Finding> all() {
        List<Finding> all = new ArrayList<>(TokenChecks.of(tokenizer, starts, decoding.maxTokens(), model.config()));
        all.addAll(List.of(roundTrip(), neighbours(), sampler(), firstStep(), stops(), accumulation()));
        return all;
    }

    /** Text to ids and back. */
    Finding roundTrip() {
        long lost = sampled.stream()
                .map(Sampled::ids)
                .map(template::text)
                .filter(text -> !template.text(template.completion(text)).equals(text))
                .count();
        return Finding.well(
                        "text and ids",
                        "of %d answers, %d come back from their text otherwise".formatted(sampled.size(), lost))
                .unless(
                        lost == 0,
                        Verdict.DOUBTFUL,
                        "a reward model may read other ids than the policy wrote",
                        "see whether the tokenizer normalises text (NFC, lower case) or adds a space in front");
    }

    /** What is said of a row does not depend on the rows beside it. */
    Finding neighbours() {
        float[][] together = Forward.logProbs(model, rows, 1);
        double worst = 0;
        for (int i = 0; i < Math.min(ROWS, starts.size()); i++) {
            Forward.Rows alone = new Forward.Rows(List.of(rows.ids().get(i)), new int[] {rows.from()[i]});
            worst = Math.max(worst, relative(sum(Forward.logProbs(model, alone, 1)[0]), sum(together[i])));
        }
        double allowed = exact() ? 1e-5 : 1e-2;
        return Finding.well(
                        "neighbours",
                        "log-probabilities alone and in a batch differ by %.1e of themselves".formatted(worst))
                .unless(
                        worst <= allowed,
                        Verdict.WRONG,
                        "padding or batch size counts: more than %.0e is not rounding".formatted(allowed),
                        "report this with the model's config.json");
    }

    /** The sampler's log-probabilities are those that a policy is trained with. */
    Finding sampler() {
        float[][] trained = Forward.logProbs(model, rows, decoding.temperature());
        double sum = 0;
        double worst = 0;
        int tokens = 0;
        for (int i = 0; i < trained.length; i++) {
            for (int t = 0; t < trained[i].length; t++, tokens++) {
                double off = Math.abs(trained[i][t] - sampled.get(i).logProbs()[t]);
                sum += off;
                worst = Math.max(worst, off);
            }
        }
        double allowed = exact() ? 1e-4 : 5e-2;
        double mean = sum / Math.max(1, tokens);
        return Finding.well(
                        "sampler and trainer",
                        "log-probabilities of %,d sampled tokens differ by %.1e nats on average, %.1e at most"
                                .formatted(tokens, mean, worst))
                .unless(
                        mean <= allowed,
                        Verdict.WRONG,
                        "the first ratio of PPO and GRPO is not 1, so they learn from the wrong distribution",
                        "report this with the model's config.json; --precision=fp32 may get you further");
    }

    /** Before the first update the policy is its own reference: ratio 1, divergence 0. */
    Finding firstStep() {
        float[][] once = Forward.logProbs(model, rows, decoding.temperature());
        float[][] again = Forward.logProbs(model, rows, decoding.temperature());
        double worst = 0;
        for (int i = 0; i < once.length; i++) {
            for (int t = 0; t < once[i].length; t++) {
                worst = Math.max(worst, Math.abs(Math.expm1(once[i][t] - again[i][t])));
            }
        }
        return Finding.well("first step", "ratio 1 to %.1e, KL 0".formatted(worst))
                .unless(
                        worst <= 1e-6,
                        Verdict.WRONG,
                        "the same pass twice gives different numbers",
                        "report this: what runs on this machine is not reproducible");
    }

    /** Whether it has learned to end. */
    Finding stops() {
        double share = sampled.stream().filter(Sampled::ended).count() / (double) sampled.size();
        return Finding.well(
                        "endings",
                        "%.0f %% of %d answers end by themselves within %d tokens"
                                .formatted(100 * share, sampled.size(), decoding.maxTokens()))
                .unless(
                        share >= MOSTLY,
                        Verdict.DOUBTFUL,
                        "what is cut off gets the score of a missing end, whatever it says",
                        "give it more tokens (--sample-max-tokens), or fine-tune it on demonstrations that end");
    }

    /** A step in two parts, weighed by their tokens, is the step in one. */
    Finding accumulation() {
        int[] all = IntStream.range(0, Math.min(ROWS, starts.size())).toArray();
        if (all.length < 2) {
            return Finding.skipped("accumulation", "needs two prompts");
        }
        int[] left = Arrays.copyOfRange(all, 0, 1);
        int[] right = Arrays.copyOfRange(all, 1, all.length);
        double whole = norm(List.of(all));
        double parts = norm(List.of(left, right));
        double off = relative(parts, whole);
        double allowed = exact() ? 1e-4 : 2e-2;
        return Finding.well(
                        "accumulation",
                        "gradients of a step in two parts and in one differ by %.1e of themselves".formatted(off))
                .unless(
                        off <= allowed,
                        Verdict.WRONG,
                        "the size of a micro-batch counts: more than %.0e is not rounding".formatted(allowed),
                        "report this with the model's config.json");
    }

    /** The gradient's norm over these groups of rows, of the mean over all their tokens. */
    private double norm(List<int[]> groups) {
        int tokens =
                groups.stream().mapToInt(group -> rows.batch(group).count()).sum();
        try (Transformer copy = model.copy();
                Learner learner = new Learner(
                        copy.torch(), copy.parameters(), new AdamW.Config(0.9, 0.95, 1e-8, 0, Double.MAX_VALUE))) {
            for (int[] group : groups) {
                learner.accumulate(scope -> Scaled.over(
                        copy.logProbs(scope, rows.batch(group), 1).sum().neg(), tokens));
            }
            return learner.step(1e-9);
        }
    }

    /** A reward model beside the policy: does it read the same ids, and the same score whatever stands beside a text? */
    public List<Finding> reward(RewardModel reward, Tokenizer theirs) {
        boolean same = theirs.hash().equals(tokenizer.hash());
        Finding ids = Finding.well(
                        "reward model's tokenizer", same ? "is the policy's" : "is another one than the policy's")
                .unless(
                        same,
                        Verdict.WRONG,
                        "it would read the policy's ids as other words",
                        "train both from one base model");
        if (!same) {
            return List.of(ids);
        }
        float[] together = reward.scores(rows.ids());
        double worst = 0;
        for (int i = 0; i < Math.min(ROWS, together.length); i++) {
            float alone = reward.scores(List.of(rows.ids().get(i)))[0];
            worst = Math.max(worst, Math.abs(alone - together[i]) / Math.max(1, Math.abs(together[i])));
        }
        double allowed = exact() ? 1e-5 : 1e-2;
        return List.of(
                ids,
                Finding.well("reward model's neighbours", "scores alone and in a batch differ by %.1e".formatted(worst))
                        .unless(
                                worst <= allowed,
                                Verdict.WRONG,
                                "a text's score depends on what stands beside it",
                                "report this with the model's config.json"));
    }

    private boolean exact() {
        return model.torch().precision() == Precision.FP32;
    }

    private static double sum(float[] numbers) {
        double sum = 0;
        for (float number : numbers) {
            sum += number;
        }
        return sum;
    }

    private static double relative(double a, double b) {
        return Math.abs(a - b) / Math.max(1e-6, Math.abs(b));
    }
}
