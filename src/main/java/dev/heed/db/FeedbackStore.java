package dev.heed.db;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Event;
import dev.heed.feedback.Known;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.feedback.Taken;
import dev.heed.run.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The database of a home, with a journal in its folder. A write is validated, inserted, committed, journaled and forced
 * to the disk, and only then answered; opening replays what the database lost. One process owns a home. Never interrupt a
 * thread that is in here: H2 closes its file when one is interrupted while reading.
 */
public final class FeedbackStore implements Feedback {
    private static final int CHUNK = 500; // rows checked or read at once
    private static final int EVENTS = 100; // comparisons whose answers are read at once, with their texts

    private final Database database;
    private final Journal journal;
    private final Ledger ledger;
    private final PeopleStore people;
    private final CampaignStore campaigns;
    private final ArenaStore arena;
    private final WebhookStore webhooks;
    private final Agreement found;

    private FeedbackStore(Database database, Journal journal) {
        this.database = database;
        this.journal = journal;
        this.ledger = new Ledger(database, journal);
        this.people = new PeopleStore(database);
        this.campaigns = new CampaignStore(database);
        this.arena = new ArenaStore(database, ledger);
        this.webhooks = new WebhookStore(database);
        this.found = Reconciliation.run(journal, database);
    }

    /** As {@link #open(Path, String)}, where the home says where its database lies. */
    public static FeedbackStore open(Path home) {
        return open(home, "");
    }

    /**
     * Opens the store of a home folder, which is made where missing.
     *
     * @param db jdbc:postgresql:… for a database that several homes may share; empty for where this home has it: in the
     *     folder, unless it was opened with another before
     * @throws dev.heed.run.UserError if another process holds the home, or its files or its database cannot be read
     */
    public static FeedbackStore open(Path home, String db) {
        Database database = Database.open(home, db);
        Journal journal = null;
        try {
            journal = Journal.open(home.resolve("journal.jsonl"));
            return new FeedbackStore(database, journal);
        } catch (RuntimeException e) {
            if (journal != null) {
                journal.close();
            }
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

    /** Where models meet before people; closed with this. */
    public ArenaStore arena() {
        return arena;
    }

    /** Who is told what happens here; closed with this. */
    public WebhookStore webhooks() {
        return webhooks;
    }

    /**
     * What to ask this labeler next, held for them for a while: for others it counts as answered.
     *
     * @param held what the labeler has before them already; stays held
     * @param lots uniform draws from [0, 1)
     */
    public List<Comparison> hand(
            String labeler, Campaign campaign, int limit, Set<Long> held, Instant now, DoubleSupplier lots) {
        return write(List.of(limit), (handle, chunk, written) -> {
            List<Long> next = new Handout(handle, labeler, campaign, held, now, lots).next(limit, written);
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
        return write(List.of(sent), (handle, chunk, written) -> {
                    Asked asked =
                            LeaseTable.asked(handle, comparison, sent.labeler(), Optional.ofNullable(sent.replaces()));
                    List<Preference> stored =
                            insert(handle, List.of(PreferenceTable.at(sent, sent.at(), asked)), written);
                    LeaseTable.end(handle, sent.labeler(), comparison.id());
                    WebhookStore.tellStored(handle, comparison, stored.get(0));
                    return stored;
                })
                .get(0);
    }

    /** Adds an answer that a labeler wrote; sent again with the same id, it is stored once. */
    public Demonstration addDemonstration(Demonstration demonstration) {
        return ledger.write((handle, written) -> DemonstrationTable.add(handle, demonstration, written));
    }

    /** Stores what a lead decided; sent again with the same id, it is stored once. */
    public Adjudication adjudicate(Adjudication adjudication) {
        return ledger.write((handle, written) -> AdjudicationTable.add(handle, adjudication, written));
    }

    /** All that were ever decided about a comparison, those that were taken back included, in order. */
    public List<Adjudication> adjudications(long comparison) {
        return database.read(handle -> AdjudicationTable.about(handle, comparison));
    }

    @Override
    public List<Adjudication> adjudications() {
        return database.read(AdjudicationTable::holding);
    }

    @Override
    public List<Known> gold() {
        return campaigns.gold();
    }

    /** In order of insertion. */
    public List<Demonstration> demonstrations() {
        return database.read(DemonstrationTable::all);
    }

    public Optional<Prompt> findPrompt(String id) {
        return database.read(handle -> PromptTable.find(handle, id));
    }

    /**
     * Any prompt of a split; none where there is none.
     *
     * @param lot a uniform draw from [0, 1)
     */
    public Optional<Prompt> anyPrompt(Split split, double lot) {
        return database.read(handle -> PromptTable.byLot(handle, split, lot));
    }

    /** How many comparisons of a campaign this labeler could still answer. */
    public long remaining(String labeler, Campaign campaign) {
        return database.read(handle -> StandingTable.remaining(handle, labeler, campaign));
    }

    /** What it found when it opened. */
    public Agreement found() {
        return found;
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
        return comparison.texts().stream().distinct().count()
                == comparison.texts().size();
    }

    @Override
    public List<Preference> addPreferences(List<Preference> preferences) {
        List<Preference> sent = preferences.stream()
                .map(p -> PreferenceTable.at(p, p.at().truncatedTo(ChronoUnit.MILLIS)))
                .toList();
        return write(sent, this::insert);
    }

    private List<Preference> insert(Handle handle, List<Preference> chunk, Written written) {
        return Intake.insert(handle, PreferenceTable.lastRow(handle), chunk, written);
    }

    /** Inserts one chunk of rows. @return what is stored */
    private interface Insertion<T, S> {
        List<S> insert(Handle handle, List<T> chunk, Written written);
    }

    private <T, S> List<S> write(List<T> rows, Insertion<T, S> insertion) {
        return ledger.write((handle, written) -> {
            List<S> stored = new ArrayList<>();
            for (int from = 0; from < rows.size(); from += CHUNK) {
                List<T> chunk = rows.subList(from, Math.min(from + CHUNK, rows.size()));
                stored.addAll(insertion.insert(handle, chunk, written));
            }
            return List.copyOf(stored);
        });
    }

    @Override
    public List<Prompt> prompts(Split split) {
        return database.read(handle -> PromptTable.ofSplit(handle, split));
    }

    @Override
    public Optional<Comparison> findComparison(long id) {
        return database.read(handle -> ComparisonTable.find(handle, id));
    }

    /** In pieces: H2 writes large results to the disk, with their texts, before it gives the first row. */
    @Override
    public List<Comparison> comparisons(int round) {
        List<Long> ids = database.read(handle -> ComparisonTable.ofRound(handle, round));
        List<Comparison> all = new ArrayList<>(ids.size());
        for (int from = 0; from < ids.size(); from += CHUNK) {
            List<Long> chunk = ids.subList(from, Math.min(from + CHUNK, ids.size()));
            all.addAll(database.read(handle -> ComparisonTable.withIds(handle, chunk)));
        }
        return all;
    }

    @Override
    public List<Comparison> open(String labeler, int limit, int answers) {
        return database.read(handle -> ComparisonTable.open(handle, labeler, limit, answers));
    }

    @Override
    public long remaining(String labeler, int answers) {
        return database.read(handle -> StandingTable.remaining(handle, labeler, answers));
    }

    @Override
    public long answered(String labeler) {
        return database.read(handle -> StandingTable.answered(handle, labeler));
    }

    @Override
    public void eachPreference(Consumer<Preference> reader) {
        long last = database.read(PreferenceTable::lastRow);
        for (long after = 0; after < last; after += CHUNK) {
            long from = after;
            long until = Math.min(after + CHUNK, last);
            database.read(handle -> PreferenceTable.current(handle, from, until, last))
                    .forEach(reader);
        }
    }

    @Override
    public Optional<Campaign> findCampaign(String name) {
        return campaigns.all().stream()
                .filter(campaign -> campaign.name().equals(name))
                .findFirst();
    }

    /**
     * What has been said, by whichever server: another one where there is more.
     *
     * @param preferences row of the last one
     * @param gold how many comparisons' right answers are known
     * @param lastGold when the last of these was set
     * @param decided row of the last adjudication
     */
    public record Mark(long preferences, long gold, @Nullable Instant lastGold, long decided) {}

    public Mark mark() {
        return database.read(handle -> handle.createQuery(
                        """
                        select (select coalesce(max(row_number), 0) from preference) as preferences,
                               (select count(*) from gold) as gold,
                               (select max(set_at) from gold) as last_gold,
                               (select coalesce(max(row_number), 0) from adjudication) as decided
                        """)
                .map((row, context) -> new Mark(
                        row.getLong("preferences"),
                        row.getLong("gold"),
                        Timestamps.find(row, "last_gold"),
                        row.getLong("decided")))
                .one());
    }

    /** The current preferences about one comparison, in order of insertion. */
    public List<Preference> preferences(long comparison) {
        return database.read(handle -> PreferenceTable.about(handle, comparison));
    }

    /** A connection is had for each chunk, not held while the reader takes its time. */
    @Override
    public void eachPair(Consumer<Pair> reader) {
        long last = database.read(PreferenceTable::lastRow);
        long lastComparison = database.read(ComparisonTable::lastId);
        for (long after = 0; after < lastComparison; after += CHUNK) {
            long from = after;
            database.read(handle -> LearnedTable.pairs(handle, from, from + CHUNK, last))
                    .forEach(reader);
        }
    }

    @Override
    public long lastPreference() {
        return database.read(PreferenceTable::lastRow);
    }

    @Override
    public void eachEvent(long last, Consumer<Event> reader) {
        long lastComparison = database.read(ComparisonTable::lastId);
        for (long after = 0; after < lastComparison; after += EVENTS) {
            long from = after;
            database.read(handle -> EventTable.between(handle, from, from + EVENTS, last))
                    .forEach(reader);
        }
    }

    @Override
    public void eachDemonstration(Consumer<Demonstrated> reader) {
        long after = 0;
        for (boolean more = true; more; ) {
            long from = after;
            List<DemonstrationTable.Numbered> chunk =
                    database.read(handle -> DemonstrationTable.after(handle, from, CHUNK));
            for (DemonstrationTable.Numbered one : chunk) {
                reader.accept(one.demonstrated());
                after = one.row();
            }
            more = !chunk.isEmpty();
        }
    }

    @Override
    public Taken takeEvents(List<Event> events) {
        return Taken.of(write(
                events,
                (handle, chunk, written) -> Arrival.take(
                        handle,
                        chunk,
                        written,
                        fresh -> Intake.insert(handle, PreferenceTable.lastRow(handle), fresh, written))));
    }

    @Override
    public Taken takeDemonstrations(List<Demonstrated> demonstrations) {
        return Taken.of(write(demonstrations, (handle, chunk, written) -> {
            PromptTable.add(handle, chunk.stream().map(Demonstrated::prompt).toList(), written);
            return chunk.stream()
                    .map(one -> DemonstrationTable.take(handle, one.demonstration(), written))
                    .toList();
        }));
    }

    @Override
    public Taken takePrompts(List<Prompt> prompts) {
        return Taken.of(write(prompts, (handle, chunk, written) -> PromptTable.take(handle, chunk, written)));
    }

    @Override
    public List<String> excluded() {
        return campaigns.excluded();
    }

    @Override
    public Snapshot snapshot(Path folder) {
        return database.readStill(handle -> {
            long last = PreferenceTable.lastRow(handle);
            Snapshot snapshot = Snapshot.write(folder, reader -> LearnedTable.eachPair(handle, last, reader), last);
            Provenance.of(handle, last).write(snapshot.file());
            return snapshot;
        });
    }

    @Override
    public void backup(Path file) {
        // Taken first: what is in it then, the database has committed.
        long journalBytes = database.alone(journal::length);
        String schema = database.schema();
        Path whole = file.toAbsolutePath();
        WholeFile.writePrivately(
                whole,
                out -> database.readStill(handle -> {
                    try {
                        Backup.write(handle, journal, journalBytes, schema, out);
                        return true;
                    } catch (IOException e) {
                        throw new UncheckedIOException("cannot write " + file, e);
                    }
                }));
    }

    /** The hash that a snapshot would have. */
    String hash() {
        return database.readStill(Backup::snapshot);
    }

    @Override
    public Tally tally() {
        return database.read(StandingTable::tally);
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
