package dev.heed.eval;

/** How well a language model predicts a text, whatever its tokenizer. */
public final class BitsPerByte {
    private BitsPerByte() {}

    /**
     * @param nats summed −log-probability of all tokens of the text
     * @param bytes of the text in UTF-8
     */
    public static double of(double nats, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be at least 1, was " + bytes);
        }
        return nats / Math.log(2) / bytes;
    }
}
