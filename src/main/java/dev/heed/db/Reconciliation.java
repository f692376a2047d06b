package dev.heed.db;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;

/**
 * Brings the database and the home's journal to the same rows, when a store opens and after the database was away. A
 * crash can leave the database short of what was acknowledged (then the journal has it), or the journal short of what was
 * committed but never acknowledged. Rows are known by what they are. Their numbers agree too, except where several homes
 * share a database that lost rows and has had others since: a row whose number is taken then gets the next free one, and
 * the journal a line that says so.
 */
final class Reconciliation {
    private static final int CHUNK = 500;

    private final Journal journal;
    private final Handle handle;
    private final boolean shared;
    private final Rows prompts;
    private final Rows comparisons;
    private final Rows preferences;
    private final Rows demonstrations;
    private final Rows battles;
    private final Set<String> decided; // battles that have a vote
    private final Rows adjudications;
    private final Map<Long, Long> renumbered = new HashMap<>(); // comparisons: number of the journal, of the database
    private final List<Preference> waiting = new ArrayList<>(); // of rows that follow each other
    private final StandingTable.Counts counts = new StandingTable.Counts();
    private long firstWaiting;
    private long replayed;
    private long refused;

    private Reconciliation(Journal journal, Handle handle, boolean shared) {
        this.journal = journal;
        this.handle = handle;
        this.shared = shared;
        prompts = new Rows(Entry.Table.PROMPT, "select row_number, id as name from prompt");
        comparisons = new Rows(Entry.Table.COMPARISON, "select id as row_number, content as name from comparison");
        preferences =
                new Rows(Entry.Table.PREFERENCE, "select row_number, cast(id as varchar) as name from preference");
        demonstrations = new Rows(
                Entry.Table.DEMONSTRATION, "select row_number, cast(id as varchar) as name from demonstration");
        battles = new Rows(Entry.Table.VOTED, "select row_number, cast(id as varchar) as name from battle");
        decided = new HashSet<>(handle.createQuery(
                        "select cast(b.id as varchar) from battle b join battle_vote v on v.battle = b.row_number")
                .mapTo(String.class)
                .list());
        adjudications =
                new Rows(Entry.Table.ADJUDICATION, "select row_number, cast(id as varchar) as name from adjudication");
    }

    /**
     * Lets both hold the same.
     *
     * @throws UserError if the journal is damaged, or belongs to another database
     */
    static Agreement run(Journal journal, Database database) {
        return database.write(handle -> new Reconciliation(journal, handle, database.isShared()).run());
    }

    private Agreement run() {
        journal.read(this::replay); // which also forgets what a run that failed had it hold
        store();
        counts.store(handle);
        long journaled = journal(prompts, PromptTable::entries)
                + journal(comparisons, (rows, numbers) -> ComparisonTable.withIds(rows, numbers).stream()
                        .map(Entry::of)
                        .toList())
                + journal(preferences, PreferenceTable::entries)
                + journal(demonstrations, DemonstrationTable::entries)
                + journal(adjudications, AdjudicationTable::entries);
        battles.names.keySet().retainAll(decided);
        journaled += journal(battles, ArenaStore::entries);
        return new Agreement(
                prompts.names.size(), comparisons.names.size(), preferences.names.size(), replayed, journaled, refused);
    }

    private void replay(Entry entry) {
        Prompt prompt = entry.prompt();
        Comparison comparison = entry.comparison();
        Preference preference = entry.preference();
        if (entry.demonstration() != null) {
            replay(entry.row(), entry.demonstration());
        } else if (entry.voted() != null) {
            replay(entry.row(), entry.voted());
        } else if (entry.adjudication() != null) {
            replay(entry.row(), entry.adjudication());
        } else if (preference != null) {
            replay(entry.row(), preference);
        } else if (comparison != null) {
            store();
            replay(comparison);
        } else if (prompt != null && !prompts.has(entry.row(), prompt.id())) {
            PromptTable.insert(handle, prompts.take(entry.row(), prompt.id()), prompt);
        }
    }

    private void replay(Comparison journaled) {
        Comparison given = journaled.with(renumbered(journaled.asking()));
        String content = ComparisonTable.content(given);
        if (!comparisons.has(given.id(), content)) {
            PromptTable.add(handle, List.of(given.prompt()), written());
            long id = comparisons.take(given.id(), content);
            ComparisonTable.insert(handle, List.of(given.with(id)), counts);
        }
        renumbered.put(given.id(), comparisons.number(content));
    }

    private Asking renumbered(Asking asking) {
        Asking.Repeat repeat = asking.repeat();
        return repeat == null
                ? asking
                : new Asking(
                        asking.campaign(),
                        new Asking.Repeat(
                                renumbered.getOrDefault(repeat.original(), repeat.original()), repeat.labeler()));
    }

    private void replay(long row, Preference given) {
        String name = given.id().toString();
        if (preferences.has(row, name)) {
            return;
        }
        long number = preferences.take(row, name);
        if (waiting.size() == CHUNK || number != firstWaiting + waiting.size()) {
            store();
            firstWaiting = number;
        }
        waiting.add(PreferenceTable.about(given, renumbered.getOrDefault(given.comparison(), given.comparison())));
    }

    private void replay(long row, Demonstration given) {
        String name = given.id().toString();
        if (!demonstrations.has(row, name)) {
            Long comparison = given.comparison();
            DemonstrationTable.insert(
                    handle,
                    demonstrations.take(row, name),
                    comparison == null ? given : given.about(renumbered.getOrDefault(comparison, comparison)));
        }
    }

    /** The database may have the battle, but not its vote. */
    private void replay(long row, Entry.Voted given) {
        String name = given.battle().id().toString();
        boolean there = battles.has(row, name);
        if (!there) {
            ArenaStore.insert(handle, battles.take(row, name), given.battle());
        }
        if (decided.add(name)) {
            ArenaStore.insert(handle, battles.number(name), given.vote(), given.at());
            replayed += there ? 1 : 0;
        }
    }

    private void replay(long row, Adjudication given) {
        String name = given.id().toString();
        if (!adjudications.has(row, name)) {
            long comparison = renumbered.getOrDefault(given.comparison(), given.comparison());
            AdjudicationTable.insert(handle, adjudications.take(row, name), given.about(comparison));
        }
    }

    /** The journal has these lines, or gets them at the end. */
    private Written written() {
        return new Written(new ArrayList<>(), counts);
    }

    /** Inserts what waits. Where the batch contradicts newer rows of a shared database, one by one. */
    private void store() {
        try {
            insert(firstWaiting, waiting);
        } catch (Conflict | IllegalArgumentException contradicted) {
            for (int i = 0; i < waiting.size(); i++) {
                try {
                    insert(firstWaiting + i, List.of(waiting.get(i)));
                } catch (Conflict | IllegalArgumentException refusal) {
                    refused++;
                    replayed--;
                    preferences.names.remove(waiting.get(i).id().toString());
                }
            }
        }
        waiting.clear();
    }

    private void insert(long row, List<Preference> batch) {
        if (!batch.isEmpty()) {
            Intake.insert(handle, row - 1, batch, written());
        }
    }

    /** Appends the rows that the journal lacks. @return how many */
    private long journal(Rows rows, BiFunction<Handle, List<Long>, List<Entry>> entries) {
        List<Long> lacking = rows.names.values().stream()
                .filter(number -> !journal.holds(rows.table, number))
                .sorted()
                .toList();
        for (int from = 0; from < lacking.size(); from += CHUNK) {
            journal.append(entries.apply(handle, lacking.subList(from, Math.min(from + CHUNK, lacking.size()))));
        }
        return lacking.size();
    }

    /** The rows of a table in the database: what they are, and their numbers. */
    private final class Rows {
        private final Entry.Table table;
        private final Map<String, Long> names = new HashMap<>();
        private final Map<Long, String> numbers = new HashMap<>();
        private long last;

        Rows(Entry.Table table, String query) {
            this.table = table;
            handle.createQuery(query)
                    .map((row, context) -> Map.entry(row.getString("name"), row.getLong("row_number")))
                    .forEach(row -> put(row.getKey(), row.getValue()));
        }

        private void put(String name, long number) {
            names.put(name, number);
            numbers.put(number, name);
            last = Math.max(last, number);
        }

        /** Whether the database has it; if so under the journal's number, the journal need not be told. */
        boolean has(long row, String name) {
            Long number = names.get(name);
            if (number == null) {
                return false;
            }
            if (number == row || table != Entry.Table.COMPARISON) {
                journal.hold(table, number);
            }
            expect(number == row, row, name, String.valueOf(numbers.get(row)));
            return true;
        }

        long number(String name) {
            return Objects.requireNonNull(names.get(name));
        }

        /** The number for a row that the database lacks: the journal's where it is free. */
        long take(long row, String name) {
            String there = numbers.get(row);
            expect(there == null, row, name, String.valueOf(there));
            long number = there == null ? row : last + 1;
            put(name, number);
            if (number == row || table != Entry.Table.COMPARISON) {
                journal.hold(table, number);
            }
            replayed++;
            return number;
        }

        private void expect(boolean agrees, long row, String journaled, String stored) {
            if (!agrees && !shared) {
                throw new UserError(
                        "journal %s and the database beside it disagree: row %d is %s in one, %s in the other; were they copied from different homes? restore both from one backup"
                                .formatted(journal.file(), row, journaled, stored));
            }
        }
    }
}
