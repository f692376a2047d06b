package dev.heed.model;

/** What a Transformer says at each position. */
public enum Head {
    /** A distribution over the next token. */
    LANGUAGE,
    /** One number: a score or a value. */
    SCALAR
}
