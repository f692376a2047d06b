package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The reward model: loss = −log σ(score(chosen) − score(rejected)), Bradley–Terry (Stiennon et al. 2020, section 3.4), one
 * pass as preferences overfit quickly. On demand with a margin by strength (Touvron et al. 2023, equation 2), with all
 * comparisons of a prompt as one element of the batch (Ouyang et al. 2022, equation 1), or as rankings (Plackett–Luce).
 *
 * <p>Deviation 1: the target is the share of labelers who chose the first text, so a tie is one half rather than dropped.
 * Deviation 2: where labelers differ in strength, the margin is the mean of theirs, those for the other side negative.
 * Deviation 3: of a prompt, the comparisons that were asked count, not every two of its completions. Deviation 4: where
 * people compare two at a time, a ranking is by the share of its comparisons that a completion won; equal shares are a tie.
 */
public final class RewardTraining implements Steps.State, AutoCloseable {
    private static final float BETTER = 2;
    private static final double STRONGEST = 3;

    private final Transformer model;
    private final List<List<Example>> elements;
    private final Config config;
    private final Passes passes;
    private final Learner learner;
    private final Schedule schedule;

    /** Settings. */
    public record Config(
            @Knob(value = "1", help = "passes over the preferences; more overfits") int epochs,
            @Knob(value = "16", help = "comparisons an update; prompts, where these are the elements") int batch,
            @Knob(value = "0.0007", help = "peak learning rate; decays linearly to 0") double lr,
            @Knob(value = "0.1", help = "share of the steps that warm up") double warmup,
            @Knob(
                            value = "0.0",
                            help = "weight of (chosen + rejected)², which keeps scores near 0; Eisenstein et al. 2023")
                    double centering,
            @Knob(
                            value = "0.0",
                            help =
                                    "by how much a much better text must score higher, a slightly better one by a third of that; Touvron et al. 2023: 1 or 3")
                    double margin,
            @Knob(value = "0.0", help = "share of preferences thought to be the wrong way round; below 0.5")
                    double labelSmoothing,
            @Knob(
                            value = "comparison",
                            help =
                                    "what counts once in a batch; Ouyang et al. 2022 take all comparisons of a prompt together, as they overfit apart")
                    Element element,
            @Knob(value = "0.01", help = "AdamW's decoupled weight decay") double weightDecay,
            @Knob(value = "1.0", help = "largest gradient norm") double maxGradNorm,
            @Knob(value = "50", help = "steps between checkpoints") int checkpointEvery) {
        public Config {
            Knobs.atLeast("epochs", epochs, 1);
            Knobs.atLeast("batch", batch, 1);
            Knobs.above("lr", lr, 0);
            Knobs.atLeast("centering", centering, 0);
            Knobs.atLeast("margin", margin, 0);
            Knobs.between("label-smoothing", labelSmoothing, 0, 0.499);
            if (element == Element.RANKING && (centering != 0 || margin != 0 || labelSmoothing != 0)) {
                throw new UserError(
                        "--element ranking takes no centering, margin or label smoothing, was given %s, %s and %s; leave them 0, or take prompt"
                                .formatted(centering, margin, labelSmoothing));
            }
        }

        RewardLoss.Said said(Compared compared) {
            float[] leads = new float[compared.strengths().length];
            for (int i = 0; i < leads.length; i++) {
                leads[i] = (float) (margin * compared.strengths()[i] / STRONGEST);
            }
            return new RewardLoss.Said(
                    RewardLoss.smoothed(compared.targets(), labelSmoothing), leads, compared.weights());
        }
    }

    /** What counts once in a batch, whatever it holds. */
    public enum Element {
        /** Two completions; of a ranking every two, their mean, and a completion is read once. */
        COMPARISON,
        /** All comparisons of a prompt, their mean; a completion is read once. */
        PROMPT,
        /** The completions of a prompt, in the order that its comparisons put them in. */
        RANKING
    }

    /**
     * A preference in ids.
     *
     * @param prompt its id
     * @param chosen prompt, completion and its end
     * @param target share of labelers who chose it: 1 where all did, one half for a tie
     * @param strength how strongly, the mean of their answers: 3 much better, 0 a tie, −3 the rejected is much better
     * @param group the same for every two of a ranking; "" where two were compared alone
     */
    public record Example(String prompt, int[] chosen, int[] rejected, float target, float strength, String group) {
        /** Of two that were compared alone. */
        public Example(String prompt, int[] chosen, int[] rejected, float target, float strength) {
            this(prompt, chosen, rejected, target, strength, "");
        }

        /** Of labelers who agree that one is better. */
        public static Example decided(String prompt, int[] chosen, int[] rejected) {
            return new Example(prompt, chosen, rejected, 1, BETTER);
        }
    }

    /**
     * What a step reports.
     *
     * @param loss nats an element; ln 2 = 0.693 is what a coin reaches on comparisons without a margin
     * @param accuracy share of this step's pairs, ties aside, whose chosen scores strictly higher
     */
    public record Metrics(double loss, double accuracy, double margin, double lr, double gradNorm)
            implements Steps.Report {
        @Override
        public String note() {
            return String.format(Locale.ROOT, "loss %.3f (ln 2 is 0.693)  accuracy %.2f", loss, accuracy);
        }
    }

    public RewardTraining(Transformer model, List<Example> examples, Config config, long seed) {
        this.model = model;
        this.elements = elements(examples, config.element());
        this.config = config;
        this.passes = new Passes(elements.size(), seed, "reward");
        this.learner = Learning.learner(model, config.weightDecay(), config.maxGradNorm());
        this.schedule = Learning.schedule(Schedule.Decay.LINEAR, config.lr(), steps(), config.warmup(), 0);
    }

    static List<List<Example>> elements(List<Example> examples, Element element) {
        Map<Object, List<Example>> elements = new LinkedHashMap<>();
        for (Example example : examples) {
            Object key = element != Element.COMPARISON
                    ? example.prompt()
                    : example.group().isEmpty() ? elements.size() : example.group();
            elements.computeIfAbsent(key, first -> new ArrayList<>()).add(example);
        }
        return List.copyOf(elements.values());
    }

    /** Trains to the last step. */
    public void train(RunDir dir, Steps.Watch watch) {
        new Steps(dir, "reward", steps(), config.checkpointEvery()).run(this, this::step, watch);
    }

    private long steps() {
        return Math.max(1, (long) elements.size() * config.epochs() / config.batch());
    }

    /** One step; its number decides what it takes and draws. */
    public Metrics step(long step) {
        int[] taken = passes.batch(step, config.batch());
        List<int[]> longest = Arrays.stream(taken)
                .mapToObj(elements::get)
                .map(RewardTraining::longest)
                .toList();
        List<Compared> parts = Forward.parts(model.torch(), longest, Integer.MAX_VALUE).stream()
                .map(part -> Compared.of(Arrays.stream(part)
                        .mapToObj(i -> elements.get(taken[i]))
                        .toList()))
                .toList();
        double lr = schedule.at(step);
        float[][] margins = new float[parts.size()][];
        Learner.Step made = learner.minimise(lr, parts.size(), (scope, i) -> {
            Compared part = parts.get(i);
            NDArray scores = model.scores(scope, part.rows());
            margins[i] = part.margins(scores.toFloatArray());
            return Scaled.times(loss(scores, part, config), (double) part.count() / taken.length);
        });
        float[][] targets = parts.stream().map(Compared::targets).toArray(float[][]::new);
        return metrics(made, Completions.flat(margins), Completions.flat(targets), lr);
    }

    /** An element's longest text. */
    private static int[] longest(List<Example> element) {
        return element.stream()
                .flatMap(example -> Stream.of(example.chosen(), example.rejected()))
                .max(Comparator.comparingInt(ids -> ids.length))
                .orElseThrow();
    }

    /**
     * @param scores (R), of the rows; the gradient flows through it
     * @return scalar, nats an element
     */
    static NDArray loss(NDArray scores, Compared compared, Config config) {
        if (config.element() == Element.RANKING) {
            return RewardLoss.plackettLuce(scores, compared.rankings(), compared.standings());
        }
        NDArray firsts = scores.gather(scores.getManager().create(longs(compared.firsts())), 0);
        NDArray seconds = scores.gather(scores.getManager().create(longs(compared.seconds())), 0);
        return RewardLoss.bradleyTerry(firsts, seconds, config.said(compared), config.centering());
    }

    private static long[] longs(int[] numbers) {
        return Arrays.stream(numbers).asLongStream().toArray();
    }

    private static Metrics metrics(Learner.Step taken, float[] margins, float[] targets, double lr) {
        int decided = 0;
        int right = 0;
        double sum = 0;
        for (int i = 0; i < margins.length; i++) {
            if (targets[i] != 0.5f) {
                double towards = targets[i] > 0.5f ? margins[i] : -margins[i];
                decided++;
                right += towards > 0 ? 1 : 0;
                sum += towards;
            }
        }
        int n = Math.max(1, decided);
        return new Metrics(taken.loss(), (double) right / n, sum / n, lr, taken.gradNorm());
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
