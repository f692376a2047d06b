package dev.heed.train;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.text.BpeTrainer;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Corpus;
import dev.heed.text.Tokenizer;
import dev.heed.world.Demonstration;
import dev.heed.world.World;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The built-in world at a size at which a step takes milliseconds: real text, a real tokenizer, real models. */
final class Toy implements AutoCloseable {
    static final Torch TORCH = Torch.start(2, Precision.FP32);
    static final World WORLD = World.of(1);
    static final int MAX_TOKENS = 12;

    final Tokenizer tokenizer;
    final ChatTemplate template;

    Toy(Path folder) {
        BpeTrainer.train(WORLD.corpus(150), 320, folder);
        tokenizer = Tokenizer.load(folder);
        template = ChatTemplate.of(tokenizer);
    }

    ModelConfig shape() {
        return ModelConfig.llama(
                tokenizer.size(),
                32,
                2,
                2,
                2,
                64,
                512,
                10_000,
                1e-5,
                true,
                tokenizer.bos(),
                tokenizer.eos(),
                tokenizer.pad());
    }

    Transformer language(long seed) {
        return Transformer.create(TORCH, shape(), Head.LANGUAGE, seed);
    }

    Transformer scalar(long seed) {
        return Transformer.create(TORCH, shape(), Head.SCALAR, seed);
    }

    int[][] blocks() {
        return Corpus.blocks(tokenizer.encodeAll(WORLD.corpus(100)), 24, tokenizer.bos(), tokenizer.eos());
    }

    List<Sft.Example> demonstrations() {
        return WORLD.demonstrations(40).stream().map(this::demonstration).toList();
    }

    private Sft.Example demonstration(Demonstration shown) {
        int[] prompt = template.prompt(shown.prompt());
        return new Sft.Example(joined(prompt, template.completion(shown.completion())), prompt.length);
    }

    /** In which the shorter completion is always the better one. */
    List<RewardTraining.Example> preferences() {
        List<Demonstration> shown = WORLD.demonstrations(40);
        return shown.stream()
                .map(one -> {
                    int[] prompt = template.prompt(one.prompt());
                    return RewardTraining.Example.decided(
                            one.prompt().id(),
                            joined(prompt, template.completion(one.completion())),
                            joined(prompt, template.completion(one.completion() + " " + one.completion())));
                })
                .toList();
    }

    /** Three completions of each prompt, every two of them compared: the shorter, the better. */
    List<RewardTraining.Example> rankings() {
        return WORLD.demonstrations(40).stream()
                .flatMap(one -> {
                    int[] prompt = template.prompt(one.prompt());
                    List<int[]> best = Stream.iterate(one.completion(), text -> text + " " + one.completion())
                            .limit(3)
                            .map(text -> joined(prompt, template.completion(text)))
                            .toList();
                    String id = one.prompt().id();
                    return Stream.of(
                            new RewardTraining.Example(id, best.get(0), best.get(1), 1, 1),
                            new RewardTraining.Example(id, best.get(2), best.get(0), 0, -3),
                            new RewardTraining.Example(id, best.get(1), best.get(2), 1, 2));
                })
                .toList();
    }

    /** The same for methods that learn from pairs directly. */
    List<PairExample> pairs() {
        return WORLD.demonstrations(40).stream()
                .map(one -> {
                    int[] prompt = template.prompt(one.prompt());
                    String twice = one.completion() + " " + one.completion();
                    return new PairExample(
                            joined(prompt, template.completion(one.completion())),
                            prompt.length,
                            joined(prompt, template.completion(twice)),
                            prompt.length);
                })
                .toList();
    }

    /** The two sides of each of those pairs. */
    List<Kto.Example> goodAndBad() {
        return pairs().stream()
                .flatMap(pair -> Stream.of(
                        new Kto.Example(pair.chosen(), pair.chosenFrom(), Kto.Label.DESIRABLE),
                        new Kto.Example(pair.rejected(), pair.rejectedFrom(), Kto.Label.UNDESIRABLE)))
                .toList();
    }

    List<Prompt> prompts() {
        return WORLD.prompts(Split.TRAIN, 24, "test");
    }

    /** What PPO samples with and scores by. */
    Rollouts rollouts(Transformer policy, Transformer reference, RewardModel judge, long seed) {
        return new Rollouts(
                policy,
                reference,
                judge,
                template::prompt,
                new Sampler(policy, tokenizer.eos()),
                Decoding.at(1, MAX_TOKENS),
                seed);
    }

    /** The same, scored by anything. */
    Rollouts rollouts(Transformer policy, Transformer reference, Reward reward, long seed) {
        return new Rollouts(
                policy,
                reference,
                reward,
                template::prompt,
                new Sampler(policy, tokenizer.eos()),
                Decoding.at(1, MAX_TOKENS),
                seed);
    }

    /** The same, scored by rules as well. */
    Rollouts rollouts(Transformer policy, Transformer reference, Scoring scoring, long seed) {
        return new Rollouts(
                policy,
                reference,
                scoring,
                template::prompt,
                new Sampler(policy, tokenizer.eos()),
                Decoding.at(1, MAX_TOKENS),
                seed);
    }

    /** A reward without a model: the share of a completion's tokens whose id is even. */
    float[] even(List<int[]> rows) {
        List<int[]> starts = prompts().stream().map(template::prompt).toList();
        float[] shares = new float[rows.size()];
        for (int i = 0; i < shares.length; i++) {
            int[] row = rows.get(i);
            int from = starts.stream()
                    .filter(start -> begins(row, start))
                    .mapToInt(start -> start.length)
                    .max()
                    .orElse(0);
            int[] completion = Arrays.copyOfRange(row, from, row.length);
            shares[i] =
                    (float) Arrays.stream(completion).filter(id -> id % 2 == 0).count() / completion.length;
        }
        return shares;
    }

    static boolean begins(int[] row, int[] start) {
        return start.length < row.length && Arrays.equals(row, 0, start.length, start, 0, start.length);
    }

    static int[] joined(int[] prompt, int[] completion) {
        int[] row = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, row, prompt.length, completion.length);
        return row;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
