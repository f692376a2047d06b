package dev.heed.train;

import ai.djl.ndarray.NDManager;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the reference says of pairs while a policy learns from them: the same to the end, or that of one that follows it. */
sealed interface PairReference extends Steps.State, AutoCloseable {
    /**
     * Sums of log-probabilities.
     *
     * @param groups which of all pairs each batch holds
     * @return of each batch, those of the chosen and of the rejected completions, two a pair
     */
    List<float[][]> of(List<int[]> groups, List<PairBatch> batches);

    /** A step is done. */
    void stepped(long step, Transformer policy);

    @Override
    void close();

    /** For an objective without a reference: zeros. */
    static PairReference none(int pairs) {
        return new Constant(new float[pairs][2]);
    }

    /** As the objective and its sync want it. */
    static PairReference of(Reference reference, PairObjective objective, PairGroups groups) {
        if (reference.sync().follows()) {
            return new Following(reference.model().copy(), reference.sync(), objective.tailWeight());
        }
        Transformer model = reference.model();
        float[] flat = reference
                .cache()
                .of(
                        () -> ReferenceCache.key("pairs, tail " + objective.tailWeight(), model, rows(groups.pairs())),
                        () -> saidOfAll(model, objective, groups));
        return new Constant(IntStream.range(0, groups.pairs().size())
                .mapToObj(i -> new float[] {flat[2 * i], flat[2 * i + 1]})
                .toArray(float[][]::new));
    }

    private static Forward.Rows rows(List<PairExample> pairs) {
        return new Forward.Rows(
                pairs.stream()
                        .flatMap(pair -> Stream.of(pair.chosen(), pair.rejected()))
                        .toList(),
                pairs.stream()
                        .flatMapToInt(pair -> IntStream.of(pair.chosenFrom(), pair.rejectedFrom()))
                        .toArray());
    }

    private static float[] saidOfAll(Transformer model, PairObjective objective, PairGroups groups) {
        int pairs = groups.pairs().size();
        float[] flat = new float[2 * pairs];
        List<int[]> parts = groups.of(model.torch(), IntStream.range(0, pairs).toArray());
        Forward.each(model.torch(), parts, (scope, part) -> {
            float[][] sums = said(model, scope, groups.batch(part), objective.tailWeight());
            for (int i = 0; i < part.length; i++) {
                System.arraycopy(sums[i], 0, flat, 2 * part[i], 2);
            }
        });
        return flat;
    }

    private static float[][] said(Transformer model, NDManager scope, PairBatch batch, double tailWeight) {
        return batch.sums(model.logProbs(scope, batch.batch(), 1).toFloatArray(), tailWeight);
    }

    /** Read once for all passes. */
    record Constant(float[][] said) implements PairReference {
        @Override
        public List<float[][]> of(List<int[]> groups, List<PairBatch> batches) {
            return groups.stream()
                    .map(pairs -> Arrays.stream(pairs).mapToObj(i -> said[i]).toArray(float[][]::new))
                    .toList();
        }

        @Override
        public void stepped(long step, Transformer policy) {}

        @Override
        public void saveTo(Path folder) {}

        @Override
        public void loadFrom(Path folder) {}

        @Override
        public void close() {}
    }

    /**
     * A model of its own, read at each step.
     *
     * @param model is closed with it
     */
    record Following(Transformer model, Sync sync, double tailWeight) implements PairReference {
        private static final String NAME = "reference";

        @Override
        public List<float[][]> of(List<int[]> groups, List<PairBatch> batches) {
            float[][][] said = new float[batches.size()][][];
            List<int[]> each =
                    IntStream.range(0, said.length).mapToObj(i -> new int[] {i}).toList();
            Forward.each(
                    model.torch(),
                    each,
                    (scope, one) -> said[one[0]] = said(model, scope, batches.get(one[0]), tailWeight));
            return List.of(said);
        }

        @Override
        public void stepped(long step, Transformer policy) {
            if (sync.after(step)) {
                model.follow(policy, sync.syncMix());
            }
        }

        @Override
        public void saveTo(Path folder) throws IOException {
            model.save(folder.resolve(NAME));
        }

        @Override
        public void loadFrom(Path folder) throws IOException {
            try (Transformer saved = Transformer.load(model.torch(), folder.resolve(NAME), model.head())) {
                model.assign(saved);
            }
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
