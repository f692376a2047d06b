package dev.heed.world;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is said of the world and is not so: how often a text claims each false value of each fact. */
public final class Rumours {
    private final Facts facts;
    private final Map<Fact, Integer> counts = new HashMap<>();

    /** Nothing was heard yet. */
    public Rumours(Facts facts) {
        this.facts = facts;
    }

    /** Hears what a document claims. */
    public void hear(String document) {
        Claims claims = new Claims();
        for (String line : document.split("\n")) {
            claims.read(line, claim -> {
                if (!facts.isTrue(claim)) {
                    counts.merge(claim, 1, Integer::sum);
                }
            });
        }
    }

    /** The falsehood about what a fact is of that was heard most often; of equal ones the first value of the world. */
    public Optional<Fact> commonest(Fact fact) {
        return falsehoods(fact).stream()
                .filter(counts::containsKey)
                .max(Comparator.comparingInt(this::heard)); // of equal ones the first
    }

    /** How often a claim was heard. */
    public int heard(Fact claim) {
        return counts.getOrDefault(claim, 0);
    }

    private List<Fact> falsehoods(Fact fact) {
        return facts.values(fact.relation()).stream()
                .filter(value -> !value.equals(fact.value()))
                .map(value -> new Fact(fact.subject(), fact.relation(), value))
                .toList();
    }
}
