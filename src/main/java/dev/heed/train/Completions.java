package dev.heed.train;

import dev.heed.model.Batch;
import dev.heed.model.Forward;
import dev.heed.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Completions that a policy learns from together: plain numbers, one array a completion.
 *
 * @param rows prompt and completion ids
 * @param advantages how much better each is than was to be expected
 * @param old log π_old of each token, nats
 * @param reference log π_ref of each token, nats
 * @param entropy of the distribution that each token was drawn from, nats
 */
record Completions(Forward.Rows rows, float[] advantages, float[][] old, float[][] reference, float[][] entropy) {

    static Completions of(List<Rollout> rollouts, float[] advantages) {
        return new Completions(
                new Forward.Rows(
                        rollouts.stream().map(Rollout::row).toList(),
                        rollouts.stream().mapToInt(Rollout::from).toArray()),
                advantages,
                rollouts.stream().map(Rollout::logProbs).toArray(float[][]::new),
                rollouts.stream().map(Rollout::refLogProbs).toArray(float[][]::new),
                rollouts.stream().map(Rollout::entropy).toArray(float[][]::new));
    }

    /** These of them, in this order. */
    Completions at(int[] chosen) {
        float[] own = new float[chosen.length];
        for (int i = 0; i < own.length; i++) {
            own[i] = advantages[chosen[i]];
        }
        return new Completions(
                new Forward.Rows(
                        IntStream.of(chosen).mapToObj(rows.ids()::get).toList(),
                        IntStream.of(chosen).map(i -> rows.from()[i]).toArray()),
                own,
                picked(old, chosen),
                picked(reference, chosen),
                picked(entropy, chosen));
    }

    /** Parts that fit into memory and are computed beside each other, each completion in exactly one. */
    List<Completions> parts(Torch torch) {
        return Forward.parts(torch, rows.ids(), Forward.MAX_TOKENS).stream()
                .map(this::at)
                .toList();
    }

    /**
     * As if they had been drawn at these log-probabilities.
     *
     * @param logProbs of the tokens of all completions, one after the other
     */
    Completions drawnAt(float[] logProbs) {
        int[] starts = spans().starts();
        float[][] drawn = new float[count()][];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = Arrays.copyOfRange(logProbs, starts[i], starts[i + 1]);
        }
        return new Completions(rows, advantages, drawn, reference, entropy);
    }

    int count() {
        return advantages.length;
    }

    Spans spans() {
        return Spans.of(batch());
    }

    Batch batch() {
        return rows.batch(IntStream.range(0, count()).toArray());
    }

    /** Of one quantity, the numbers of all completions one after the other: as flat as a model's output. */
    static float[] flat(float[][] perCompletion) {
        return Experience.flat(
                perCompletion, IntStream.range(0, perCompletion.length).toArray());
    }

    private static float[][] picked(float[][] perCompletion, int[] chosen) {
        return Arrays.stream(chosen).mapToObj(i -> perCompletion[i]).toArray(float[][]::new);
    }
}
