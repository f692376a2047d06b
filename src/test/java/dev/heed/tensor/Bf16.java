package dev.heed.tensor;

/** Runs a piece of a test in bfloat16, in a process that otherwise computes in float32. */
public final class Bf16 {
    private Bf16() {}

    public static void during(Torch torch, Runnable piece) {
        torch.useBf16(true);
        try {
            piece.run();
        } finally {
            torch.useBf16(false);
        }
    }
}
