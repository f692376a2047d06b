package dev.heed.tensor;

/** Of matrix products; weights, softmax, log-probabilities and losses are always float32. */
public enum Precision {
    /** Whatever a short measurement at start-up finds faster. */
    AUTO,
    FP32,
    /** bfloat16 products: pays only where the processor has the instructions. */
    BF16
}
