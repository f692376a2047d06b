package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Form;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final Map<Chain, List<PreferenceTable.Row>> chains = new HashMap<>();
    private final Map<Long, Form> forms = new HashMap<>();
    private final StandingTable.Change change = new StandingTable.Change();
    private final List<PreferenceTable.Row> added = new ArrayList<>();
    private long lastRow;

    private Intake(Handle handle, long lastRow, List<Preference> batch) {
        this.lastRow = lastRow;
        List<Long> asked = batch.stream().map(Preference::comparison).distinct().toList();
        PreferenceTable.withIds(handle, batch.stream().map(Preference::id).toList())
                .forEach(row -> stored.put(row.preference().id(), row.preference()));
        ComparisonTable.measures(handle, asked).forEach((comparison, measure) -> {
            forms.put(comparison, measure.form());
            change.begin(comparison, measure.level());
        });
        for (PreferenceTable.Row row : PreferenceTable.ofComparisons(handle, asked)) {
            chain(row.preference()).add(row);
            change.labeler(row.preference());
        }
    }

    /**
     * Inserts what is new.
     *
     * @param lastRow the first one inserted gets the number after it
     * @param written receives a line for each preference of the batch, after those for what it corrects
     * @return the batch as stored
     */
    static List<Preference> insert(Handle handle, long lastRow, List<Preference> batch, Written written) {
        Intake intake = new Intake(handle, lastRow, batch);
        List<Preference> all = batch.stream().map(intake::storedOf).toList();
        PreferenceTable.insert(handle, intake.added);
        intake.change.store(handle, written.counts(), intake.disputed());
        Set<Chain> told = new LinkedHashSet<>();
        all.forEach(preference -> told.add(Chain.of(preference)));
        told.stream()
                .flatMap(chain -> Objects.requireNonNull(intake.chains.get(chain)).stream())
                .forEach(row -> written.entries().add(Entry.of(row.number(), row.preference())));
        return all;
    }

    /** Of the comparisons that got an answer, whether labelers are too far apart. */
    private Map<Long, Boolean> disputed() {
        Map<Long, List<Judgement>> said = new HashMap<>();
        added.forEach(row -> said.put(row.preference().comparison(), new ArrayList<>()));
        chains.values().forEach(chain -> {
            Preference current = current(chain);
            if (current != null && current.answer() != Answer.SKIP && said.containsKey(current.comparison())) {
                Objects.requireNonNull(said.get(current.comparison())).add(current.judgement());
            }
        });
        Map<Long, Boolean> disputed = new HashMap<>();
        said.forEach((comparison, judgements) -> disputed.put(
                comparison, Objects.requireNonNull(forms.get(comparison)).disputed(judgements)));
        return disputed;
    }

    private List<PreferenceTable.Row> chain(Preference preference) {
        return chains.computeIfAbsent(Chain.of(preference), chain -> new ArrayList<>());
    }

    private static @Nullable Preference current(List<PreferenceTable.Row> chain) {
        return chain.isEmpty() ? null : chain.get(chain.size() - 1).preference();
    }

    private Preference storedOf(Preference sent) {
        Preference same = stored.get(sent.id());
        if (same != null) {
            expectSame(same, sent);
            return same;
        }
        expectValid(sent);
        List<PreferenceTable.Row> chain = chain(sent);
        Preference before = current(chain);
        expectReplaces(sent, before);
        PreferenceTable.Row row = new PreferenceTable.Row(++lastRow, sent, chain.size());
        chain.add(row);
        added.add(row);
        stored.put(sent.id(), sent);
        change.add(sent, counts(sent) - counts(before));
        return sent;
    }

    private void expectValid(Preference sent) {
        if (sent.labeler().isBlank()
                || sent.labeler().length() > LONGEST_NAME
                || sent.labeler().indexOf('\u0000') >= 0) {
            throw new IllegalArgumentException("a labeler's name has 1 to %d characters, none of them NUL, was '%s'"
                    .formatted(LONGEST_NAME, sent.labeler()));
        }
        if (!change.knows(sent.comparison())) {
            throw new IllegalArgumentException("there is no comparison %d".formatted(sent.comparison()));
        }
        Objects.requireNonNull(forms.get(sent.comparison())).expectAnsweredBy(sent);
    }

    private static void expectReplaces(Preference sent, @Nullable Preference current) {
        UUID expected = current == null ? null : current.id();
        if (!Optional.ofNullable(expected).equals(Optional.ofNullable(sent.replaces()))) {
            throw new Conflict(
                    "%s has answered comparison %d with preference %s; a correction must name it, this names %s"
                            .formatted(sent.labeler(), sent.comparison(), expected, sent.replaces()));
        }
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
    private record Chain(long comparison, String labeler) {
        static Chain of(Preference preference) {
            return new Chain(preference.comparison(), preference.labeler());
        }
    }

    private static int counts(@Nullable Preference preference) {
        return preference == null
                        || preference.answer() == Answer.SKIP
                        || preference.asked().extra()
                ? 0
                : 1;
    }
}
