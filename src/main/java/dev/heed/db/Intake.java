package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Checks a batch of preferences against what is stored and against itself, with three queries for all of them, and
 * inserts the new ones.
 */
final class Intake {
    private static final int LONGEST_NAME = 80;

    private final Map<UUID, Preference> stored = new HashMap<>();
    private final Map<Chain, Current> chains = new HashMap<>();
    private final Set<Long> comparisons = new HashSet<>();
    private final List<PreferenceTable.Row> added = new ArrayList<>();
    private final Map<Long, Integer> moreAnswers = new HashMap<>();
    private long lastRow;

    private Intake(Handle handle, long lastRow, List<Preference> batch) {
        this.lastRow = lastRow;
        List<Long> asked = batch.stream().map(Preference::comparison).distinct().toList();
        handle.createQuery("select * from preference where id in (<ids>)")
                .bindList("ids", batch.stream().map(Preference::id).toList())
                .map((row, context) -> PreferenceTable.map(row))
                .forEach(preference -> stored.put(preference.id(), preference));
        handle.createQuery("select id from comparison where id in (<asked>)")
                .bindList("asked", asked)
                .mapTo(Long.class)
                .forEach(comparisons::add);
        handle.createQuery(
                        """
                        select id, comparison, labeler, answer, revision, extra from preference
                        where comparison in (<asked>) order by revision
                        """)
                .bindList("asked", asked)
                .map((row, context) -> Map.entry(
                        new Chain(row.getLong("comparison"), row.getString("labeler")),
                        new Current(
                                row.getObject("id", UUID.class),
                                Answer.valueOf(row.getString("answer")),
                                row.getInt("revision"),
                                row.getBoolean("extra"))))
                .forEach(last -> chains.put(last.getKey(), last.getValue()));
    }

    /**
     * Inserts what is new.
     *
     * @param lastRow the first one inserted gets the number after it
     * @param entries receives a line for each preference inserted
     * @return the batch as stored
     */
    static List<Preference> insert(Handle handle, long lastRow, List<Preference> batch, List<Entry> entries) {
        Intake intake = new Intake(handle, lastRow, batch);
        List<Preference> all = batch.stream().map(intake::storedOf).toList();
        PreferenceTable.insert(handle, intake.added);
        ComparisonTable.countAnswers(handle, intake.moreAnswers);
        ComparisonTable.markDisputed(handle, intake.disputed());
        intake.added.forEach(row -> entries.add(Entry.of(row.number(), row.preference())));
        return all;
    }

    /** Of the comparisons that got an answer, whether those who prefer one side do not all prefer the same. */
    private Map<Long, Boolean> disputed() {
        Map<Long, Set<Integer>> sides = new HashMap<>();
        moreAnswers.keySet().forEach(comparison -> sides.put(comparison, new HashSet<>()));
        chains.forEach((chain, current) -> {
            int side = Integer.signum(current.answer().strength());
            Set<Integer> ofComparison = sides.get(chain.comparison());
            if (side != 0 && ofComparison != null) {
                ofComparison.add(side);
            }
        });
        Map<Long, Boolean> disputed = new HashMap<>();
        sides.forEach((comparison, both) -> disputed.put(comparison, both.size() > 1));
        return disputed;
    }

    private Preference storedOf(Preference sent) {
        Preference same = stored.get(sent.id());
        if (same != null) {
            expectSame(same, sent);
            return same;
        }
        expectValid(sent);
        Chain chain = new Chain(sent.comparison(), sent.labeler());
        Current before = chains.get(chain);
        Current next = new Current(
                sent.id(),
                sent.answer(),
                nextRevision(sent, before),
                sent.asked().extra());
        chains.put(chain, next);
        moreAnswers.merge(sent.comparison(), counts(next) - counts(before), Integer::sum);
        stored.put(sent.id(), sent);
        added.add(new PreferenceTable.Row(++lastRow, sent, next.revision()));
        return sent;
    }

    private void expectValid(Preference sent) {
        if (sent.labeler().isBlank() || sent.labeler().length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "a labeler's name has 1 to %d characters, was '%s'".formatted(LONGEST_NAME, sent.labeler()));
        }
        if (!comparisons.contains(sent.comparison())) {
            throw new IllegalArgumentException("there is no comparison %d".formatted(sent.comparison()));
        }
    }

    private static int nextRevision(Preference sent, @Nullable Current current) {
        UUID expected = current == null ? null : current.id();
        if (!Optional.ofNullable(expected).equals(Optional.ofNullable(sent.replaces()))) {
            throw new Conflict(
                    "%s has answered comparison %d with preference %s; a correction must name it, this names %s"
                            .formatted(sent.labeler(), sent.comparison(), expected, sent.replaces()));
        }
        return current == null ? 0 : current.revision() + 1;
    }

    /** A resend carries the same answer, but may have been stamped with another time on its way. */
    private static void expectSame(Preference stored, Preference sent) {
        if (!PreferenceTable.at(sent, stored.at(), stored.asked()).equals(stored)) {
            throw new Conflict(
                    "preference %s is stored as %s for comparison %d by %s, was sent again as %s for %d by %s"
                            .formatted(
                                    stored.id(),
                                    stored.answer(),
                                    stored.comparison(),
                                    stored.labeler(),
                                    sent.answer(),
                                    sent.comparison(),
                                    sent.labeler()));
        }
    }

    /** One labeler's answers to one comparison, each replacing the one before. */
    private record Chain(long comparison, String labeler) {}

    private record Current(UUID id, Answer answer, int revision, boolean extra) {}

    private static int counts(@Nullable Current current) {
        return current == null || current.answer() == Answer.SKIP || current.extra() ? 0 : 1;
    }
}
