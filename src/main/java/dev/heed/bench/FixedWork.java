package dev.heed.bench;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Knobs;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.tensor.Torch;
import dev.heed.train.DirectTraining;
import dev.heed.train.Dpo;
import dev.heed.train.Grpo;
import dev.heed.train.PairExample;
import dev.heed.train.Ppo;
import dev.heed.train.Pretrain;
import dev.heed.train.Reference;
import dev.heed.train.ReferenceCache;
import dev.heed.train.RewardTraining;
import dev.heed.train.Rollouts;
import dev.heed.train.Sft;
import dev.heed.train.Sync;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The work: a Llama of 6 layers, width 288, 6 heads, intermediate 768, vocabulary 4096, context 256, with random weights and
 * random tokens. The works whose names begin with "plain" do the same as those without, by NDArray operations in float32
 * and without a cache: what all else is measured against.
 */
final class FixedWork {
    static final String PLAIN = "plain_";
    static final List<String> NAMES = List.of(
            "train",
            "generate_1",
            "generate_16",
            "generate_64",
            "reward",
            "dpo",
            "ppo",
            "grpo",
            "plain_train",
            "plain_generate_16",
            "sft",
            "sft_packed",
            "train_50m",
            "ppo_124m");

    /** Works that run only where they are asked for by name: they take long, and gigabytes. */
    static final Set<String> LARGE = Set.of("train_50m", "ppo_124m");

    static final int VOCABULARY = 4096;
    static final int CONTEXT = 256;
    static final int BATCH = 16;
    static final int PROMPT = 32;
    static final int NEW = 96;
    static final ModelConfig MODEL = llama(VOCABULARY, 288, 6, 6, 768, CONTEXT);
    private static final ModelConfig OF_50_MILLION = llama(16_384, 576, 11, 9, 1536, 512);
    private static final ModelConfig OF_124_MILLION = llama(50_257, 768, 12, 12, 2048, 1024);

    private final Torch torch;
    private final long seed;

    FixedWork(Torch torch, long seed) {
        this.torch = torch;
        this.seed = seed;
    }

    Work of(String name) {
        return switch (name) {
            case "train" -> train(name, MODEL, BATCH, CONTEXT);
            case "train_50m" -> train(name, OF_50_MILLION, 8, 512);
            case "plain_train" -> plainTrain();
            case "plain_generate_16" -> plainGenerate();
            case "sft" -> sft(name, "--batch=16");
            case "sft_packed" -> sft(name, "--batch=1", "--pack=" + 4 * CONTEXT);
            case "reward" -> reward();
            case "dpo" -> dpo();
            case "ppo" -> ppo(name, MODEL, new Rows(8, 8, PROMPT, NEW));
            case "grpo" -> grpo(new Rows(8, 8, PROMPT, NEW));
            case "ppo_124m" -> ppo(name, OF_124_MILLION, new Rows(16, 1, 64, 64));
            default -> generate(name, Integer.parseInt(name.substring(name.indexOf('_') + 1)));
        };
    }

    private static ModelConfig llama(int vocabulary, int width, int layers, int heads, int intermediate, int context) {
        return ModelConfig.llama(
                vocabulary, width, layers, heads, heads, intermediate, context, 10_000, 1e-5, true, 1, 2, 0);
    }

    private Work train(String name, ModelConfig config, int batch, int length) {
        Transformer model = Transformer.create(torch, config, Head.LANGUAGE, seed);
        int[][] blocks = tokens("blocks", 4 * batch, length + 1);
        Pretrain pretrain = new Pretrain(
                model, blocks, new Pretrain.Config(1 << 20, batch, length, 1e-4, .01, .1, 1, 1 << 20), seed);
        double flops = 3 * batch * forward(config, length);
        return new Work(name, Work.Unit.TOKENS, batch * length, flops, new Work.Step() {
            @Override
            public void run(long number) {
                pretrain.step(number);
            }

            @Override
            public void close() {
                pretrain.close();
                model.close();
            }
        });
    }

    /** A pass over demonstrations of many lengths, most of them short, of which the second half is learned. */
    private Work sft(String name, String... options) {
        Transformer model = Transformer.create(torch, MODEL, Head.LANGUAGE, seed);
        List<Sft.Example> shown = Arrays.stream(tokens("shown", 4 * BATCH, CONTEXT))
                .map(row -> {
                    double share = Math.pow(row[0] / (double) VOCABULARY, 3); // a quarter of the longest on average
                    int length = PROMPT / 2 + (int) (share * (CONTEXT - PROMPT / 2));
                    return new Sft.Example(Arrays.copyOf(row, length), length / 2);
                })
                .toList();
        String[] endless = {"--epochs=" + (1 << 16), "--lr=1e-4", "--checkpoint-every=" + (1 << 20)};
        Sft sft = new Sft(
                model,
                shown,
                Knobs.of(
                        Sft.Config.class,
                        Stream.of(endless, options).flatMap(Arrays::stream).toArray(String[]::new)),
                seed);
        long updates = sft.steps() >> 16; // of one pass: each demonstration once
        int tokens = shown.stream().mapToInt(one -> one.row().length).sum();
        double flops = shown.stream()
                .mapToDouble(one ->
                        body(MODEL, one.row().length) + vocabulary(MODEL, one.row().length - one.row().length / 2))
                .sum();
        return new Work(name, Work.Unit.TOKENS, tokens, 3 * flops, new Work.Step() {
            @Override
            public void run(long number) {
                for (long i = 0; i < updates; i++) {
                    sft.step(number * updates + i);
                }
            }

            @Override
            public void close() {
                sft.close();
                model.close();
            }
        });
    }

    private Work generate(String name, int rows) {
        Transformer model = Transformer.create(torch, MODEL, Head.LANGUAGE, seed);
        List<int[]> prompts = List.of(tokens("prompts", rows, PROMPT));
        long[] keys = LongStream.range(0, rows).toArray();
        Sampler sampler = new Sampler(model);
        return new Work(name, Work.Unit.TOKENS, rows * NEW, rows * forward(MODEL, PROMPT + NEW), new Work.Step() {
            @Override
            public void run(long number) {
                sampler.sample(prompts, Decoding.at(1, NEW), seed + number, keys);
            }

            @Override
            public void close() {
                model.close();
            }
        });
    }

    /** Two completions of each prompt, one after the other. */
    private int[][] pairs() {
        int[][] texts = tokens("pairs", 8 * BATCH, PROMPT + NEW);
        for (int i = 0; i < texts.length; i += 2) {
            System.arraycopy(texts[i], 0, texts[i + 1], 0, PROMPT);
        }
        return texts;
    }

    private Work reward() {
        Transformer model = Transformer.create(torch, MODEL, Head.SCALAR, seed);
        int[][] texts = pairs();
        List<RewardTraining.Example> pairs = IntStream.range(0, texts.length / 2)
                .mapToObj(i -> RewardTraining.Example.decided("", texts[2 * i], texts[2 * i + 1]))
                .toList();
        RewardTraining.Config settings = Knobs.of(
                RewardTraining.Config.class,
                "--epochs=" + (1 << 16),
                "--batch=" + BATCH,
                "--lr=1e-4",
                "--warmup=0",
                "--weight-decay=0",
                "--checkpoint-every=" + (1 << 20));
        RewardTraining training = new RewardTraining(model, pairs, settings, seed);
        double pair = 2 * body(MODEL, PROMPT + NEW) - products(MODEL, PROMPT);
        return new Work("reward", Work.Unit.SAMPLES, BATCH, 3 * BATCH * pair, new Work.Step() {
            @Override
            public void run(long number) {
                training.step(number);
            }

            @Override
            public void close() {
                training.close();
                model.close();
            }
        });
    }

    /** The reference reads each batch of pairs, then the policy learns from it. */
    private Work dpo() {
        Transformer policy = Transformer.create(torch, MODEL, Head.LANGUAGE, seed);
        int[][] texts = pairs();
        List<PairExample> pairs = IntStream.range(0, texts.length / 2)
                .mapToObj(i -> new PairExample(texts[2 * i], PROMPT, texts[2 * i + 1], PROMPT))
                .toList();
        DirectTraining.Config settings = Knobs.of(
                DirectTraining.Config.class,
                "--epochs=" + (1 << 16),
                "--batch=" + BATCH,
                "--lr=1e-6",
                "--warmup=0",
                "--checkpoint-every=" + (1 << 20));
        Sync late = new Sync(1 << 20, 1); // a reference that may follow is a copy of its own, read at each step
        DirectTraining training = new DirectTraining(
                policy,
                new Reference(policy, ReferenceCache.NONE, late),
                pairs,
                Knobs.defaults(Dpo.class),
                settings,
                seed);
        double pair = 2 * (body(MODEL, PROMPT + NEW) + vocabulary(MODEL, NEW)) - products(MODEL, PROMPT);
        return new Work("dpo", Work.Unit.SAMPLES, BATCH, 4 * BATCH * pair, new Work.Step() {
            @Override
            public void run(long number) {
                training.step(number);
            }

            @Override
            public void close() {
                training.close();
                policy.close();
            }
        });
    }

    /** Prompts, completions of each, and their lengths. */
    private record Rows(int prompts, int each, int prompt, int completion) {
        int count() {
            return prompts * each;
        }

        /** Operations of a pass that are not done, as completions of one prompt share it. */
        double spared(ModelConfig config) {
            return products(config, prompt) * prompts * (each - 1);
        }
    }

    /** Prompts, and the ids of each. */
    private record Asked(List<Prompt> prompts, Map<String, int[]> idsOf) {
        int[] ids(Prompt prompt) {
            return Objects.requireNonNull(idsOf.get(prompt.id()));
        }
    }

    private Asked asked(Rows rows) {
        Map<String, int[]> ids = new HashMap<>();
        List<Prompt> prompts = new ArrayList<>();
        for (int[] tokens : tokens("prompts", rows.prompts, rows.prompt)) {
            Prompt prompt = Prompt.ofText(Arrays.toString(tokens), "", Split.TRAIN);
            ids.put(prompt.id(), tokens);
            prompts.add(prompt);
        }
        return new Asked(prompts, ids);
    }

    /** One update of policy and critic, with a reference and a reward model, all of the same size. */
    private Work ppo(String name, ModelConfig config, Rows rows) {
        Transformer policy = Transformer.create(torch, config, Head.LANGUAGE, seed);
        Transformer reference = policy.copy();
        RewardModel scorer =
                new RewardModel(Transformer.create(torch, config, Head.SCALAR, seed + 1), RewardModel.Scale.NONE);
        RewardModel critic = scorer.copy();
        Asked asked = asked(rows);
        Rollouts rollouts = new Rollouts(
                policy, reference, scorer, asked::ids, new Sampler(policy), Decoding.at(1, rows.completion), seed);
        List<Prompt> prompts = asked.prompts.stream()
                .flatMap(prompt -> Collections.nCopies(rows.each, prompt).stream())
                .toList();
        Ppo.Config settings = Knobs.of(
                Ppo.Config.class,
                "--steps=" + (1 << 16),
                "--batch=" + rows.count(),
                "--minibatches=1",
                "--lr=1e-5",
                "--critic-lr=1e-5",
                "--warmup=0",
                "--kl-coef=.05",
                "--kl-target=0",
                "--missing-eos-score=NaN",
                "--checkpoint-every=" + (1 << 20));
        Ppo ppo = new Ppo(policy, critic, rollouts, prompts, settings, seed);
        int length = rows.prompt + rows.completion;
        // The policy samples, reads and learns, the reference reads; a reward model scores, a critic values and learns.
        double flops =
                rows.count() * (6 * forward(config, length) + 5 * body(config, length)) - 11 * rows.spared(config);
        return new Work(name, Work.Unit.SAMPLES, rows.count(), flops, new Work.Step() {
            @Override
            public void run(long number) {
                ppo.step(number);
            }

            @Override
            public void close() {
                ppo.close();
                policy.close();
                reference.close();
                scorer.close();
                critic.close();
            }
        });
    }

    /** One update, against no model but the share of even tokens, and without a reference. */
    private Work grpo(Rows rows) {
        Transformer policy = Transformer.create(torch, MODEL, Head.LANGUAGE, seed);
        Asked asked = asked(rows);
        Rollouts rollouts = new Rollouts(
                policy,
                policy,
                FixedWork::evenTokens,
                asked::ids,
                new Sampler(policy),
                Decoding.at(1, rows.completion),
                seed);
        Grpo.Config settings = Knobs.of(
                Grpo.Config.class,
                "--steps=" + (1 << 16),
                "--prompts=" + rows.prompts,
                "--completions=" + rows.each,
                "--minibatches=1",
                "--lr=1e-6",
                "--kl-coef=0",
                "--missing-eos-score=NaN",
                "--checkpoint-every=" + (1 << 20));
        Grpo grpo = new Grpo(policy, rollouts, asked.prompts, settings, seed);
        // The policy samples and learns.
        double flops = 4 * (rows.count() * forward(MODEL, rows.prompt + rows.completion) - rows.spared(MODEL));
        return new Work("grpo", Work.Unit.SAMPLES, rows.count(), flops, new Work.Step() {
            @Override
            public void run(long number) {
                grpo.step(number);
            }

            @Override
            public void close() {
                grpo.close();
                policy.close();
            }
        });
    }

    /** The share of each completion's tokens whose id is even. */
    private static float[] evenTokens(List<int[]> rows) {
        float[] shares = new float[rows.size()];
        for (int i = 0; i < shares.length; i++) {
            int[] completion = Arrays.copyOfRange(rows.get(i), PROMPT, rows.get(i).length);
            shares[i] =
                    (float) Arrays.stream(completion).filter(id -> id % 2 == 0).count() / completion.length;
        }
        return shares;
    }

    private Work plainTrain() {
        PlainTransformer model = new PlainTransformer(torch, MODEL, seed);
        int[][] blocks = tokens("blocks", 64, CONTEXT + 1);
        return new Work(
                "plain_train", Work.Unit.TOKENS, BATCH * CONTEXT, 3 * BATCH * forward(MODEL, CONTEXT), new Work.Step() {
                    @Override
                    public void run(long number) {
                        int from = (int) (number % (blocks.length / BATCH)) * BATCH;
                        model.learn(Arrays.copyOfRange(blocks, from, from + BATCH), 1e-4);
                    }

                    @Override
                    public void close() {
                        model.close();
                    }
                });
    }

    private Work plainGenerate() {
        PlainTransformer model = new PlainTransformer(torch, MODEL, seed);
        int[][] prompts = tokens("prompts", 16, PROMPT);
        return new Work(
                "plain_generate_16", Work.Unit.TOKENS, 16 * NEW, 16 * forward(MODEL, PROMPT + NEW), new Work.Step() {
                    @Override
                    public void run(long number) {
                        model.continued(prompts, NEW, seed + number);
                    }

                    @Override
                    public void close() {
                        model.close();
                    }
                });
    }

    // ---- what it takes ----

    private int[][] tokens(String purpose, int rows, int length) {
        SplittableRandom random = Draws.of(seed, "bench " + purpose, 0);
        return IntStream.range(0, rows)
                .mapToObj(row -> random.ints(length, 3, VOCABULARY).toArray())
                .toArray(int[][]::new);
    }

    /** Operations in the matrix products of one row read to its end, the vocabulary's included. */
    private static double forward(ModelConfig config, int length) {
        return body(config, length) + vocabulary(config, length);
    }

    /** Those of the last product alone. */
    private static double vocabulary(ModelConfig config, int tokens) {
        return 2.0 * tokens * config.vocabulary() * config.width();
    }

    /** As {@link #forward}, without the vocabulary; each token attends to half the row on average. */
    private static double body(ModelConfig config, int length) {
        return products(config, length) + 2.0 * config.layers() * length * length * config.width();
    }

    /** Those of the layers' products with weights alone. */
    private static double products(ModelConfig config, int tokens) {
        double width = config.width();
        return 2 * tokens * config.layers() * (4 * width * width + 3 * width * config.intermediate());
    }
}
