package dev.heed.world;

import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Everything true of a world, drawn from its seed. Values are spread evenly over subjects, so no value is a good guess.
 * Some three facts in ten are held out, at least one and never all of each subject.
 */
public final class Facts {
    private record Key(String subject, Relation relation) {}

    private final long seed;
    private final World.Size size;
    private final Map<Key, String> truth = new LinkedHashMap<>();
    private final Set<Key> heldOut = new HashSet<>();
    private final List<Fact> all;
    private final Map<Split, List<Fact>> bySplit;

    Facts(long seed, World.Size size) {
        this.seed = seed;
        this.size = size;
        for (Relation relation : Relation.values()) {
            draw(relation);
        }
        for (Sort sort : Sort.values()) {
            holdOut(sort);
        }
        List<Fact> facts = new ArrayList<>();
        truth.forEach((key, value) -> facts.add(new Fact(key.subject, key.relation, value)));
        all = List.copyOf(facts);
        bySplit = Map.of(
                Split.TRAIN, all.stream().filter(f -> split(f) == Split.TRAIN).toList(),
                Split.HELD_OUT,
                        all.stream().filter(f -> split(f) == Split.HELD_OUT).toList());
    }

    private void draw(Relation relation) {
        List<String> subjects = subjects(relation.sort());
        List<String> values = values(relation);
        int[] order = Draws.permutation(subjects.size(), seed, "values of " + relation, 0);
        for (int i = 0; i < subjects.size(); i++) {
            truth.put(new Key(subjects.get(i), relation), values.get(order[i] % values.size()));
        }
    }

    private void holdOut(Sort sort) {
        List<Relation> relations = Relation.of(sort);
        List<String> subjects = subjects(sort);
        for (int i = 0; i < subjects.size(); i++) {
            int[] order = Draws.permutation(relations.size(), seed, "held out of " + sort, i);
            int count = relations.size() > 3 ? 1 + i % 2 : 1;
            for (int j = 0; j < count; j++) {
                heldOut.add(new Key(subjects.get(i), relations.get(order[j])));
            }
        }
    }

    /** All that is true. */
    public List<Fact> all() {
        return all;
    }

    /** The true facts of one side of the wall. */
    public List<Fact> of(Split split) {
        return Collections.unmodifiableList(bySplit.getOrDefault(split, List.of()));
    }

    /** The true facts of one subject. */
    List<Fact> of(String subject) {
        return all.stream().filter(f -> f.subject().equals(subject)).toList();
    }

    /** The nouns of a sort that this world has. */
    public List<String> subjects(Sort sort) {
        return sort.words().subList(0, size.count(sort));
    }

    /** The values that a relation takes in this world. */
    public List<String> values(Relation relation) {
        int count = Math.min(relation.words().size(), size.values());
        return relation.words().subList(0, count);
    }

    /** What is true, or empty where this world has no such subject. */
    public Optional<String> find(String subject, Relation relation) {
        return Optional.ofNullable(truth.get(new Key(subject, relation)));
    }

    /** The true fact of a subject that this world has. */
    public Fact expect(String subject, Relation relation) {
        return new Fact(
                subject,
                relation,
                find(subject, relation)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "this world knows no %s of the %s".formatted(relation, subject))));
    }

    /** Whether it says what is so. */
    public boolean isTrue(Fact fact) {
        return find(fact.subject(), fact.relation())
                .filter(fact.value()::equals)
                .isPresent();
    }

    /** On which side of the wall what is asked lies, whatever the value. */
    public Split split(Fact fact) {
        return split(fact.subject(), fact.relation());
    }

    /** On which side of the wall a subject's relation lies. */
    public Split split(String subject, Relation relation) {
        return heldOut.contains(new Key(subject, relation)) ? Split.HELD_OUT : Split.TRAIN;
    }

    /** The fact itself with probability {@code trueShare}, otherwise with one of the other values. */
    Fact said(Fact fact, double trueShare, RandomGenerator random) {
        if (random.nextDouble() < trueShare) {
            return fact;
        }
        List<String> values = values(fact.relation());
        int other = random.nextInt(values.size() - 1);
        String value = values.get(other);
        return new Fact(
                fact.subject(), fact.relation(), value.equals(fact.value()) ? values.get(values.size() - 1) : value);
    }
}
