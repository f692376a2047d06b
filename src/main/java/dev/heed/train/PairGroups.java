package dev.heed.train;

import dev.heed.model.Forward;
import dev.heed.tensor.Torch;
import dev.heed.train.PairObjective.Surprise;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs in batches that fit into memory.
 *
 * @param counted which tokens of the chosen rows are wanted beside the completions
 */
record PairGroups(List<PairExample> pairs, Surprise.Counted counted) {
    /** Some of the pairs, those of like length together, so that little is computed on padding; two groups are computed at once. */
    List<int[]> of(Torch torch, int[] taken) {
        List<int[]> longest =
                Arrays.stream(taken).mapToObj(i -> pairs.get(i).longer()).toList();
        return Forward.parts(torch, longest, Forward.MAX_TOKENS / 2).stream()
                .map(group -> Arrays.stream(group).map(i -> taken[i]).toArray())
                .toList();
    }

    PairBatch batch(int[] group) {
        return new PairBatch(Arrays.stream(group).mapToObj(pairs::get).toList(), counted);
    }
}
