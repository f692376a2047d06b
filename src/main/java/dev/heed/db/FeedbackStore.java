package dev.heed.db;

import dev.heed.feedback.Asked;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The database of a home folder, with a journal beside it. A write is validated, inserted, committed, journaled and
 * forced to the disk, and only then answered; opening replays what the database lost. One process owns a home. Never
 * interrupt a thread that is in here: H2 closes its file when one is interrupted while reading.
 */
public final class FeedbackStore implements Feedback {
    private static final int CHUNK = 500; // rows checked at once

    private final Database database;
    private final Jdbi jdbi;
    private final Journal journal;
    private final PeopleStore people;
    private final CampaignStore campaigns;

    private FeedbackStore(Database database, Journal journal) {
        this.database = database;
        this.jdbi = database.jdbi();
        this.journal = journal;
        this.people = new PeopleStore(database);
        this.campaigns = new CampaignStore(database);
    }

    /**
     * Opens the store of a home folder, which is made where missing.
     *
     * @throws UserError if another process holds the home, or its files cannot be read
     */
    public static FeedbackStore open(Path home) {
        Database database = Database.open(home);
        try {
            return new FeedbackStore(database, Reconciliation.open(home.resolve("journal.jsonl"), database.jdbi()));
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Who may use it; closed with this. */
    public PeopleStore people() {
        return people;
    }

    /** What is worked on, and how; closed with this. */
    public CampaignStore campaigns() {
        return campaigns;
    }

    /**
     * What to ask this labeler next, held for them for a while: for others it counts as answered.
     *
     * @param held what the labeler has before them already; stays held
     * @param lots uniform draws from [0, 1)
     */
    public List<Comparison> hand(
            String labeler, Campaign campaign, int limit, Set<Long> held, Instant now, DoubleSupplier lots) {
        return write(List.of(limit), (handle, chunk, inserted) -> {
            List<Long> next = new Handout(handle, labeler, campaign, held, now, lots).next(limit, inserted);
            return next.stream()
                    .map(id -> ComparisonTable.find(handle, id).orElseThrow())
                    .toList();
        });
    }

    /**
     * Stores what a labeler said to a comparison that was handed to them, as {@link #addPreference} does. One that comes
     * after its place was given to another is kept as one too many.
     */
    public Preference label(Comparison comparison, Preference preference) {
        Preference sent = PreferenceTable.at(preference, preference.at().truncatedTo(ChronoUnit.MILLIS));
        return write(List.of(sent), (handle, chunk, inserted) -> {
                    Asked asked =
                            LeaseTable.asked(handle, comparison, sent.labeler(), Optional.ofNullable(sent.replaces()));
                    List<Preference> stored = Intake.insert(
                            handle,
                            PreferenceTable.lastRow(handle),
                            List.of(PreferenceTable.at(sent, sent.at(), asked)),
                            inserted);
                    LeaseTable.end(handle, sent.labeler(), comparison.id());
                    return stored;
                })
                .get(0);
    }

    /** Adds an answer that a labeler wrote; sent again with the same id, it is stored once. */
    public Demonstration addDemonstration(Demonstration demonstration) {
        return database.write(handle -> DemonstrationTable.add(handle, demonstration));
    }

    /** In order of insertion. */
    public List<Demonstration> demonstrations() {
        return jdbi.withHandle(DemonstrationTable::all);
    }

    /** How many comparisons of a campaign this labeler could still answer. */
    public long remaining(String labeler, Campaign campaign) {
        return jdbi.withHandle(handle -> LeaseTable.remaining(handle, labeler, campaign));
    }

    @Override
    public List<Prompt> addPrompts(List<Prompt> prompts) {
        return write(prompts, PromptTable::add);
    }

    @Override
    public List<Comparison> addComparisons(List<Comparison> comparisons) {
        List<Comparison> real =
                comparisons.stream().filter(FeedbackStore::leavesAChoice).toList();
        return write(real, ComparisonTable::add);
    }

    private static boolean leavesAChoice(Comparison comparison) {
        return !comparison.first().text().equals(comparison.second().text());
    }

    @Override
    public List<Preference> addPreferences(List<Preference> preferences) {
        List<Preference> sent = preferences.stream()
                .map(p -> PreferenceTable.at(p, p.at().truncatedTo(ChronoUnit.MILLIS)))
                .toList();
        return write(
                sent,
                (handle, chunk, inserted) -> Intake.insert(handle, PreferenceTable.lastRow(handle), chunk, inserted));
    }

    /** Inserts one chunk of rows; adds a line for each new one. @return what is stored */
    private interface Insertion<T, S> {
        List<S> insert(Handle handle, List<T> chunk, List<Entry> inserted);
    }

    /** Inserts, commits, journals: in that order, one writer at a time, so that both records have the same order. */
    private <T, S> List<S> write(List<T> rows, Insertion<T, S> insertion) {
        List<S> stored = new ArrayList<>();
        List<Entry> inserted = new ArrayList<>();
        return database.alone(() -> {
            jdbi.useTransaction(handle -> {
                for (int from = 0; from < rows.size(); from += CHUNK) {
                    List<T> chunk = rows.subList(from, Math.min(from + CHUNK, rows.size()));
                    stored.addAll(insertion.insert(handle, chunk, inserted));
                }
            });
            journal.append(inserted);
            return List.copyOf(stored);
        });
    }

    @Override
    public List<Prompt> prompts(Split split) {
        return jdbi.withHandle(handle -> PromptTable.ofSplit(handle, split));
    }

    @Override
    public Optional<Comparison> findComparison(long id) {
        return jdbi.withHandle(handle -> ComparisonTable.find(handle, id));
    }

    @Override
    public List<Comparison> comparisons(int round) {
        return jdbi.withHandle(handle -> ComparisonTable.ofRound(handle, round));
    }

    @Override
    public List<Comparison> open(String labeler, int limit, int answers) {
        return jdbi.withHandle(handle -> ComparisonTable.open(handle, labeler, limit, answers));
    }

    @Override
    public long remaining(String labeler, int answers) {
        return jdbi.withHandle(handle -> ComparisonTable.remaining(handle, labeler, answers));
    }

    @Override
    public long answered(String labeler) {
        return jdbi.withHandle(handle -> PreferenceTable.answered(handle, labeler));
    }

    @Override
    public List<Preference> preferences() {
        return jdbi.withHandle(PreferenceTable::current);
    }

    @Override
    public List<Pair> pairs() {
        return jdbi.withHandle(PreferenceTable::pairs);
    }

    @Override
    public Snapshot snapshot(Path folder) {
        // Alone, so that the pairs and the number of the last row belong together.
        return database.alone(() -> jdbi.withHandle(
                handle -> Snapshot.write(folder, PreferenceTable.pairs(handle), PreferenceTable.lastRow(handle))));
    }

    @Override
    public Tally tally() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        """
                        select (select count(*) from prompt) as prompts,
                               (select count(*) from comparison) as comparisons,
                               (select count(*) from comparison where answers > 0) as answered,
                               (select count(*) from preference where replaces is null) as preferences,
                               (select coalesce(max(round), 0) from comparison) as latest_round
                        """)
                .map((row, context) -> new Tally(
                        row.getLong("prompts"),
                        row.getLong("comparisons"),
                        row.getLong("answered"),
                        row.getLong("preferences"),
                        row.getInt("latest_round"),
                        byLabeler(handle)))
                .one());
    }

    /** Chains have one first answer each, so counting the first counts the current ones. */
    private static Map<String, Long> byLabeler(Handle handle) {
        Map<String, Long> counts = new LinkedHashMap<>();
        handle.createQuery(
                        "select labeler, count(*) as answers from preference where replaces is null group by labeler")
                .map((row, context) -> Map.entry(row.getString("labeler"), row.getLong("answers")))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    @Override
    public void close() {
        database.alone(() -> {
            journal.close();
            database.close();
            return true;
        });
    }
}
