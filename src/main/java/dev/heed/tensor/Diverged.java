package dev.heed.tensor;

/** A loss or a gradient that is no number any more: nothing can be learned from here. */
public final class Diverged extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** @param message what is not finite, and where */
    public Diverged(String message) {
        super(message);
    }
}
