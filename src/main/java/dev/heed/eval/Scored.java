package dev.heed.eval;

/**
 * A completion as a judge saw it.
 *
 * @param score higher is better
 * @param length tokens
 */
public record Scored(double score, int length) {}
