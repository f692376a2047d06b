package dev.heed.quality;

/**
 * How far two labelers agree on what both answered.
 *
 * @param percent share of equal votes
 * @param kappa Cohen's
 */
public record PairAgreement(String one, String other, Figure percent, Figure kappa) {}
