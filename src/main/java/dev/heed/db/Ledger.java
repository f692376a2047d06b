package dev.heed.db;

import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Both records of what people said: a write is inserted, committed, journaled and forced to the disk, one writer at a time, so
 * that both have the same order.
 */
final class Ledger {
    private final Database database;
    private final Journal journal;

    Ledger(Database database, Journal journal) {
        this.database = database;
        this.journal = journal;
    }

    /** Inserts, and says what the journal must have of it. */
    interface Insertion<T> {
        T insert(Handle handle, Written written);
    }

    /** When this returns, both have it. */
    <T> T write(Insertion<T> insertion) {
        return database.alone(() -> {
            reconcileAfterOutage();
            List<Entry> entries = new ArrayList<>();
            T stored = database.write(handle -> {
                Written written = new Written();
                T inserted = insertion.insert(handle, written);
                written.counts().store(handle);
                entries.addAll(questions(handle, written.entries()));
                entries.addAll(written.entries());
                return inserted;
            });
            journal.append(entries);
            return stored;
        });
    }

    /** Comparisons that another home's server added: this journal must tell what its answers are about. */
    private List<Entry> questions(Handle handle, List<Entry> entries) {
        List<Long> unknown = entries.stream()
                .flatMap(entry -> entry.about().stream())
                .filter(comparison -> !journal.holds(Entry.Table.COMPARISON, comparison))
                .distinct()
                .toList();
        return ComparisonTable.withIds(handle, unknown).stream().map(Entry::of).toList();
    }

    /** A database that went away may come back without its last rows. */
    private void reconcileAfterOutage() {
        if (database.wasAway()) {
            Reconciliation.run(journal, database);
            database.isBack();
        }
    }
}
