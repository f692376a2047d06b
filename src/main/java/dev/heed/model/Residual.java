package dev.heed.model;

/** What the feed-forward block of a layer reads. */
public enum Residual {
    /** The residual stream with this layer's attention added. */
    SERIAL,
    /** What attention reads too (Wang and Komatsuzaki 2021). */
    PARALLEL
}
