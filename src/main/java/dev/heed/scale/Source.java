package dev.heed.scale;

/**
 * The text of a plan.
 *
 * @param what "the built-in chronicle", or the file
 * @param tokens to learn from
 * @param heldOutTokens that are foretold in measuring
 * @param heldOutBytes of the same, in UTF-8
 * @param left nats a held-out token that no model can do without, the text's entropy; 0 where nobody knows it
 * @param hash SHA-256 of both
 * @param tokenizer SHA-256 of the tokenizer
 */
public record Source(
        String what, long tokens, long heldOutTokens, long heldOutBytes, double left, String hash, String tokenizer) {
    /** Bits a byte for each nat a token. */
    public double bitsPerNat() {
        return heldOutTokens / (heldOutBytes * Math.log(2));
    }
}
