package dev.heed.sample;

import ai.djl.ndarray.NDArray;
import dev.heed.model.KvCache;
import dev.heed.model.Transformer;
import dev.heed.run.UserError;
import dev.heed.tensor.DecodingKernels;
import dev.heed.tensor.DecodingKernels.Drawn;
import dev.heed.tensor.DecodingKernels.Known;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows that are continued together, one token a step, each with its own decoding. Finished ones leave and others enter, and
 * neither changes what the rest draws. For one thread.
 */
final class Lane implements AutoCloseable {
    private static final double WORTH_DROPPING = 0.9; // drop finished rows when at most this part still runs

    private final Transformer model;
    private final int[] ends;
    private final int most;
    private final int room;
    private final KvCache cache;
    private Row[] running = {};

    /** How tokens are drawn from logits: what rows must share to be drawn together. */
    private record Manner(double temperature, Filters filters) {
        static Manner of(Row row) {
            return new Manner(row.decoding().temperature(), row.decoding().filters());
        }
    }

    /**
     * A lane without rows.
     *
     * @param most rows at once
     * @param room most tokens that any row may come to hold
     */
    Lane(Transformer model, int[] ends, int most, int room) {
        this.model = model;
        this.ends = ends;
        this.most = most;
        this.room = room;
        cache = model.cache(most, room);
    }

    /** How many rows of such room have their keys and values in this memory, at least one and at most so many. */
    static int rows(Transformer model, int room, int most, long mostBytes) {
        return (int) Math.max(1, Math.min(most, mostBytes / model.config().bytesKept(room)));
    }

    /** @throws UserError if the prompt alone fills the context */
    static void expectRoom(int[] prompt, int context) {
        if (prompt.length >= context) {
            throw new UserError("a prompt of %d tokens leaves no room in the model's context of %d; shorten it"
                    .formatted(prompt.length, context));
        }
    }

    int room() {
        return room;
    }

    int unfinished() {
        return (int) Arrays.stream(running).filter(row -> !row.finished()).count();
    }

    /** How many more rows may enter. */
    int free() {
        return most - unfinished();
    }

    /** Reads the prompts of rows, at most {@link #free}, and draws the first token of each. */
    void enter(Row... entering) {
        keepUnfinished(1);
        NDArray logits = cache.enter(Arrays.stream(entering).map(Row::prompt).toArray(int[][]::new));
        running = Stream.of(running, entering).flatMap(Arrays::stream).toArray(Row[]::new);
        draw(logits, entering);
    }

    /** One token further for each unfinished row, if there is one. */
    void step() {
        keepUnfinished(WORTH_DROPPING);
        if (unfinished() == 0) {
            return;
        }
        cache.append(Arrays.stream(running).mapToInt(Row::last).toArray());
        draw(cache.logits(), running);
    }

    /** Drops what is finished if at most this part goes on. */
    private void keepUnfinished(double part) {
        Row[] before = running;
        int[] kept = places(before, i -> !before[i].finished());
        if (kept.length < before.length && kept.length <= part * before.length) {
            running = Arrays.stream(cache.keep(kept)).mapToObj(i -> before[i]).toArray(Row[]::new);
        }
    }

    /** @param logits (rows, V) */
    private void draw(NDArray logits, Row[] rows) {
        Token[] tokens = new Token[rows.length];
        Map<Manner, List<Integer>> manners = IntStream.range(0, rows.length)
                .filter(i -> !rows[i].finished())
                .boxed()
                .collect(Collectors.groupingBy(i -> Manner.of(rows[i]), LinkedHashMap::new, Collectors.toList()));
        manners.forEach((manner, those) -> {
            int[] places = manners.size() == 1
                    ? IntStream.range(0, rows.length).toArray()
                    : those.stream().mapToInt(i -> i).toArray();
            draw(logits, rows, places, manner, tokens);
        });
        tellLikeliest(logits, rows, tokens);
        for (int i = 0; i < rows.length; i++) {
            if (tokens[i] != null && !rows[i].finished()) {
                rows[i].add(tokens[i], ends, model.config().context());
            }
        }
    }

    private void draw(NDArray logits, Row[] rows, int[] places, Manner manner, Token[] into) {
        float[] uniforms = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            uniforms[i] = rows[places[i]].uniform();
        }
        Row[] those = Arrays.stream(places).mapToObj(i -> rows[i]).toArray(Row[]::new);
        Drawn drawn;
        if (places.length == rows.length) {
            drawn = drawn(logits, those, manner, uniforms);
        } else {
            try (NDArray some = some(logits, places)) {
                drawn = drawn(some, those, manner, uniforms);
            }
        }
        for (int i = 0; i < places.length; i++) {
            into[places[i]] = new Token(drawn.ids()[i], drawn.logProbs()[i], null);
        }
    }

    private Drawn drawn(NDArray logits, Row[] rows, Manner manner, float[] uniforms) {
        DecodingKernels kernels = model.torch().decoding();
        Filters filters = manner.filters();
        double temperature = manner.temperature();
        if (!filters.matter(temperature)) {
            return kernels.draw(logits, model.torch().kernels().none(), uniforms, temperature);
        }
        int[][] texts = filters.readTexts() ? Arrays.stream(rows).map(Row::text).toArray(int[][]::new) : new int[0][];
        try (NDArray scores = filters.scores(kernels, logits, temperature, texts)) {
            return kernels.draw(logits, scores, uniforms, temperature);
        }
    }

    /** Adds to the tokens of rows that want it what the model itself thought. */
    private void tellLikeliest(NDArray logits, Row[] rows, Token[] tokens) {
        int[] places = places(rows, i -> tokens[i] != null && rows[i].likeliest() != Row.UNASKED);
        if (places.length == 0) {
            return;
        }
        int k = Arrays.stream(places).map(i -> rows[i].likeliest()).max().orElseThrow();
        int[] ids = Arrays.stream(places).map(i -> tokens[i].id()).toArray();
        try (NDArray some = some(logits, places)) {
            Known[] known = model.torch()
                    .decoding()
                    .known(some, ids, Math.min(k, model.config().vocabulary()));
            for (int i = 0; i < places.length; i++) {
                Token token = tokens[places[i]];
                int wanted = Math.min(rows[places[i]].likeliest(), known[i].ids().length);
                tokens[places[i]] = new Token(
                        token.id(),
                        token.logProb(),
                        new Token.Likeliest(
                                known[i].logProb(),
                                Arrays.copyOf(known[i].ids(), wanted),
                                Arrays.copyOf(known[i].logProbs(), wanted)));
            }
        }
    }

    private NDArray some(NDArray logits, int[] places) {
        try (NDArray index =
                logits.getManager().create(Arrays.stream(places).asLongStream().toArray())) {
            return model.torch().kernels().select(logits, index);
        }
    }

    private static int[] places(Row[] rows, IntPredicate chosen) {
        return IntStream.range(0, rows.length).filter(chosen).toArray();
    }

    @Override
    public void close() {
        cache.close();
    }
}
