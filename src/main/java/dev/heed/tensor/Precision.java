package dev.heed.tensor;

/** Of matrix products; weights, softmax, log-probabilities and losses are always float32. */
public enum Precision {
    /** {@link #BF16} where the processor has instructions for it. */
    AUTO,
    FP32,
    /** bfloat16 products: pays only where the processor has the instructions. */
    BF16
}
