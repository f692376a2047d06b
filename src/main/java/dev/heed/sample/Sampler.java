package dev.heed.sample;

import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Continues prompts. The draw of a row's token t is a pure function of (seed, key, t): neither the other rows nor their
 * order nor how they are cut into batches changes it.
 */
public final class Sampler {
    private static final int MOST_ROWS = 128;
    private static final long MOST_BYTES = 1L << 30; // of keys and values
    private static final double WORTH_ENTERING = 0.8; // let waiting prompts in when at most this part is taken

    private final Transformer model;
    private final int[] ends;

    /**
     * A sampler of this model.
     *
     * @param ends the tokens that end a completion; none: each goes on to its limit
     */
    public Sampler(Transformer model, int... ends) {
        this.model = model;
        this.ends = ends.clone();
    }

    /**
     * One completion per prompt.
     *
     * @param keys one per prompt: what tells its draws from those of other rows
     */
    public List<Sampled> sample(List<int[]> prompts, Decoding decoding, long seed, long[] keys) {
        if (prompts.size() != keys.length) {
            throw new IllegalArgumentException(
                    "one key per prompt: got %d prompts, %d keys".formatted(prompts.size(), keys.length));
        }
        int[] order = IntStream.range(0, keys.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> prompts.get(i).length))
                .mapToInt(Integer::intValue)
                .toArray();
        Row[] rows = new Row[keys.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new Row(prompts.get(i), decoding, key(seed, keys[i]));
        }
        int lanes = Math.min(model.torch().threads(), rows.length);
        List<Runnable> parts = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) { // every so many rows, so that each has short ones and long ones
            int first = lane;
            Row[] own = IntStream.range(0, rows.length)
                    .filter(i -> i % lanes == first)
                    .mapToObj(i -> rows[order[i]])
                    .toArray(Row[]::new);
            parts.add(() -> complete(own, MOST_ROWS / lanes, MOST_BYTES / lanes));
        }
        model.torch().beside(parts);
        return Arrays.stream(rows).map(Row::sampled).toList();
    }

    /** What a row's draws are drawn from. */
    static long key(long seed, long key) {
        return Draws.key(seed, "completion", key);
    }

    /** @param mostRows at once, and the memory that their keys and values may take */
    private void complete(Row[] rows, int mostRows, long mostBytes) {
        int context = model.config().context();
        int room = 1;
        for (Row row : rows) {
            Lane.expectRoom(row.prompt(), context);
            room = Math.max(room, row.room(context));
        }
        int most = Lane.rows(model, room, mostRows, mostBytes);
        int begun = 0;
        try (Lane lane = new Lane(model, ends, Math.min(most, rows.length), room)) {
            while (begun < rows.length || lane.unfinished() > 0) {
                if (begun < rows.length && lane.unfinished() <= WORTH_ENTERING * most) {
                    int next = Math.min(rows.length, begun + most - lane.unfinished());
                    lane.enter(Arrays.copyOfRange(rows, begun, next));
                    begun = next;
                }
                lane.step();
            }
        }
    }
}
