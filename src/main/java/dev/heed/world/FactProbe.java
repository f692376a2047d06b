package dev.heed.world;

import dev.heed.feedback.Split;
import java.util.List;

/**
 * Asks a language model for one fact: after the prefix, which candidate does it find likeliest?
 *
 * @param prefix the beginning of a plain sentence of the corpus, without a space at its end
 * @param candidates every value of the relation, each beginning with a space
 * @param truth index of the right candidate
 */
public record FactProbe(Fact fact, Split split, String prefix, List<String> candidates, int truth) {}
