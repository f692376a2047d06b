package dev.heed.train;

import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Supervised fine-tuning: next-token prediction on demonstrations, counting only what the assistant says and its ends
 * (Ouyang et al. 2022, section 3.5).
 *
 * <p>An update may take whole rows of demonstrations rather than so many of them ({@link Packing}). They are as if each stood
 * alone: none attends to another, and positions begin anew with each. A step that does not fit into memory is taken in
 * parts; its loss is the mean over all of its tokens either way.
 */
public final class Sft implements Steps.State, AutoCloseable {
    private final Transformer model;
    private final List<Example> examples;
    private final Config config;
    private final List<int[]> packs;
    private final Passes passes;
    private final Neftune noise;
    private final Learner learner;
    private final Schedule schedule;

    /** Settings. */
    public record Config(
            @Knob(value = "1", help = "passes over the demonstrations") int epochs,
            @Knob(value = "32", help = "demonstrations an update, or packed rows") int batch,
            @Knob(
                            value = "0",
                            help =
                                    "pack demonstrations into rows of so many tokens, none cut, none seeing another; 0: each is a row")
                    int pack,
            @Knob(value = "0.0005", help = "peak learning rate; decays along a cosine to a tenth") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(value = "0.0", help = "strength of noise on the embeddings, 0 for none; Jain et al. 2023: 5 to 15")
                    double neftuneAlpha,
            @Knob(value = "0.0", help = "AdamW's decoupled weight decay") double weightDecay,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "100", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.atLeast("batch", batch, 1);
            Knobs.atLeast("pack", pack, 0);
            Knobs.above("lr", lr, 0);
            Knobs.atLeast("neftune-alpha", neftuneAlpha, 0);
        }
    }

    /**
     * A demonstration in ids.
     *
     * @param row a conversation, up to the last token that counts
     * @param counted one a token: whether it is learned; at least one is, and the first is not
     */
    public record Example(int[] row, boolean[] counted) {
        /** Of which everything from a place on is learned: a completion and its end. */
        public Example(int[] row, int from) {
            this(row, countedFrom(row.length, from));
        }

        private static boolean[] countedFrom(int length, int from) {
            boolean[] counted = new boolean[length];
            Arrays.fill(counted, from, length, true);
            return counted;
        }

        int count() {
            return (int)
                    IntStream.range(0, counted.length).filter(t -> counted[t]).count();
        }
    }

    /**
     * What a step reports.
     *
     * @param loss nats a token that counts
     * @param tokens counted in this step
     * @param tokensPerSecond read, those that do not count too
     */
    public record Metrics(double loss, double lr, double gradNorm, int tokens, double tokensPerSecond)
            implements Steps.Report {
        @Override
        public String note() {
            return String.format(Locale.ROOT, "loss %.3f  %,.0f tokens/s", loss, tokensPerSecond);
        }
    }

    public Sft(Transformer model, List<Example> examples, Config config, long seed) {
        this.model = model;
        this.examples = List.copyOf(examples);
        this.config = config;
        this.packs = packs();
        this.passes = new Passes(packs.size(), seed, "sft");
        this.noise = new Neftune(config.neftuneAlpha(), model.config().width(), seed);
        this.learner = Learning.learner(model, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.COSINE, config.lr(), steps(), config.warmup(), 0.1);
    }

    private List<int[]> packs() {
        return config.pack() == 0
                ? IntStream.range(0, examples.size())
                        .mapToObj(i -> new int[] {i})
                        .toList()
                : Packing.of(examples.stream().mapToInt(e -> e.row().length).toArray(), config.pack());
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, "sft", steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    /** How many steps the demonstrations are good for. */
    public long steps() {
        return Math.max(1, (long) packs.size() * config.epochs() / config.batch());
    }

    /** One step; its number decides what it takes and draws. */
    public Metrics step(long step) {
        long start = System.nanoTime();
        int[] taken = Arrays.stream(passes.batch(step, config.batch()))
                .flatMap(pack -> Arrays.stream(packs.get(pack)))
                .toArray();
        int tokens = Arrays.stream(taken).map(i -> examples.get(i).count()).sum();
        List<Batch> parts = parts(taken, step, Forward.MAX_TOKENS);
        double loss = learner.accumulate(
                parts.size(), (scope, part) -> Learning.surprise(model, scope, parts.get(part), tokens));
        double lr = schedule.at(step);
        float norm = learner.step(lr);
        int read = Arrays.stream(taken).map(i -> examples.get(i).row().length).sum();
        return new Metrics(loss, lr, norm, tokens, read / ((System.nanoTime() - start) / 1e9));
    }

    /**
     * A step in batches that fit into memory and are computed beside each other, rows of like length together; those of each in their
     * order.
     */
    List<Batch> parts(int[] taken, long step, int maxTokens) {
        List<int[]> rows =
                Arrays.stream(taken).mapToObj(i -> examples.get(i).row()).toList();
        return Forward.parts(model.torch(), rows, maxTokens).stream()
                .map(group -> {
                    int[] chosen =
                            Arrays.stream(group).sorted().map(i -> taken[i]).toArray();
                    return batch(chosen, step);
                })
                .toList();
    }

    private Batch batch(int[] chosen, long step) {
        int[][] rows =
                Arrays.stream(chosen).mapToObj(i -> examples.get(i).row()).toArray(int[][]::new);
        boolean[][] counted =
                Arrays.stream(chosen).mapToObj(i -> examples.get(i).counted()).toArray(boolean[][]::new);
        return new Batch(rows, counted, noise.of(rows, chosen, step));
    }

    @Override
    public void saveTo(Path folder) throws IOException {
        Learning.save(folder, "model", model, learner);
    }

    @Override
    public void loadFrom(Path folder) throws IOException {
        Learning.load(folder, "model", model, learner);
    }

    @Override
    public void close() {
        learner.close();
    }
}
