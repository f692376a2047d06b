package dev.heed.sample;

import dev.heed.run.Draws;
import java.util.Arrays;

/**
 * A completion while it grows. The draw of its token t is a pure function of (seed, t).
 *
 * <p>Its tokens are drawn by one thread; any may {@link #drop} it.
 */
final class Row {
    /** Not even its own tokens' log-probabilities at temperature 1. */
    static final int UNASKED = -1;

    private static final int FEW = 16;

    private final int[] prompt;
    private final Decoding decoding;
    private final long seed;
    private final int likeliest;
    private final Ear ear;
    private int[] ids;
    private float[] logProbs;
    private int count;
    private boolean ended;
    private boolean complete;
    private volatile boolean dropped;

    /** Hears each token as it is drawn, on the thread that draws. */
    @FunctionalInterface
    interface Ear {
        Ear NONE = (row, token) -> {};

        void hear(Row row, Token token);
    }

    Row(int[] prompt, Decoding decoding, long seed) {
        this(prompt, decoding, seed, UNASKED, Ear.NONE);
    }

    /** @param likeliest how many of the likeliest tokens it wants to know at each place; {@link #UNASKED} */
    Row(int[] prompt, Decoding decoding, long seed, int likeliest, Ear ear) {
        this.prompt = prompt;
        this.decoding = decoding;
        this.seed = seed;
        this.likeliest = likeliest;
        this.ear = ear;
        ids = new int[Math.min(FEW, decoding.maxTokens())];
        logProbs = new float[ids.length];
    }

    int[] prompt() {
        return prompt;
    }

    Decoding decoding() {
        return decoding;
    }

    int likeliest() {
        return likeliest;
    }

    /** Most tokens that it may come to hold, its prompt's among them, in this context. */
    int room(int context) {
        return Math.min(context, prompt.length + decoding.maxTokens());
    }

    /** Nobody waits for it any longer. */
    void drop() {
        dropped = true;
    }

    /** Whether it goes no further. */
    boolean finished() {
        return complete || dropped;
    }

    /** Whether it has come to its end, or to its limit. */
    boolean complete() {
        return complete;
    }

    float uniform() {
        return Math.min((float) Draws.uniform(seed, "token", count), 0x1.fffffcp-1f); // below 1 in float32 too
    }

    void add(Token token, int[] ends, int context) {
        if (count == ids.length) {
            int wider = (int) Math.min(2L * count, decoding.maxTokens());
            ids = Arrays.copyOf(ids, wider);
            logProbs = Arrays.copyOf(logProbs, wider);
        }
        ids[count] = token.id();
        logProbs[count++] = token.logProb();
        ended = Arrays.stream(ends).anyMatch(end -> end == token.id());
        complete = ended || count == decoding.maxTokens() || prompt.length + count >= context;
        ear.hear(this, token);
    }

    boolean ended() {
        return ended;
    }

    /** What it goes on from; of a row that was dropped before its first draw, anything. */
    int last() {
        return count == 0 ? prompt[prompt.length - 1] : ids[count - 1];
    }

    int[] text() {
        int[] text = Arrays.copyOf(prompt, prompt.length + count);
        System.arraycopy(ids, 0, text, prompt.length, count);
        return text;
    }

    Sampled sampled() {
        return new Sampled(Arrays.copyOf(ids, count), Arrays.copyOf(logProbs, count), ended);
    }
}
