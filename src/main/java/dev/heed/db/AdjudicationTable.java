package dev.heed.db;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** What leads decided, in SQL. The view {@code adjudicated} has those that hold. */
final class AdjudicationTable {
    private AdjudicationTable() {}

    private static Adjudication map(ResultSet row) throws SQLException {
        return new Adjudication(
                row.getObject("id", UUID.class),
                row.getLong("comparison"),
                Optional.ofNullable(row.getString("answer"))
                        .map(Answer::valueOf)
                        .orElse(null),
                PreferenceTable.grades(row.getString("grades")),
                row.getString("decided_by"),
                Timestamps.read(row, "decided_at"));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return Entry.of(row.getLong("row_number"), map(row));
    }

    /** Rows as the journal writes them, in order. */
    static List<Entry> entries(Handle handle, List<Long> rows) {
        return handle.createQuery("select * from adjudication where row_number in (<rows>) order by row_number")
                .bindList("rows", rows)
                .map((row, context) -> entry(row))
                .list();
    }

    /** All that were ever made about a comparison, in order. */
    static List<Adjudication> about(Handle handle, long comparison) {
        return handle.createQuery("select * from adjudication where comparison = :comparison order by row_number")
                .bind("comparison", comparison)
                .map((row, context) -> map(row))
                .list();
    }

    /** Those that hold, by comparison. */
    static List<Adjudication> holding(Handle handle) {
        return handle.createQuery("select * from adjudicated order by comparison")
                .map((row, context) -> map(row))
                .list();
    }

    /**
     * Inserts it where it is new.
     *
     * @throws Conflict if the id is stored with something else
     */
    static Adjudication add(Handle handle, Adjudication given, Written written) {
        Adjudication sent = given.at(given.at().truncatedTo(ChronoUnit.MILLIS));
        Optional<Entry> stored = handle.createQuery("select * from adjudication where id = :id")
                .bind("id", sent.id())
                .map((row, context) -> entry(row))
                .findOne();
        Optional<Adjudication> before =
                stored.map(entry -> Optional.ofNullable(entry.adjudication()).orElseThrow());
        before.filter(same -> !same.equals(sent.at(same.at()))).ifPresent(other -> {
            throw new Conflict("adjudication %s is stored as %s for comparison %d by %s"
                    .formatted(other.id(), other.answer(), other.comparison(), other.lead()));
        });
        long row = stored.map(Entry::row).orElseGet(() -> lastRow(handle) + 1);
        if (stored.isEmpty()) {
            insert(handle, row, sent);
        }
        Adjudication kept = before.orElse(sent);
        written.entries().add(Entry.of(row, kept));
        return kept;
    }

    private static long lastRow(Handle handle) {
        return handle.createQuery("select coalesce(max(row_number), 0) from adjudication")
                .mapTo(Long.class)
                .one();
    }

    static void insert(Handle handle, long row, Adjudication adjudication) {
        handle.createUpdate(
                        """
                        insert into adjudication (row_number, id, comparison, answer, grades, decided_by, decided_at)
                        values (:row, :id, :comparison, :answer, :grades, :by, :at)
                        """)
                .bind("row", row)
                .bind("id", adjudication.id())
                .bind("comparison", adjudication.comparison())
                .bind(
                        "answer",
                        Optional.ofNullable(adjudication.answer())
                                .map(Answer::name)
                                .orElse(null))
                .bind("grades", PreferenceTable.json(adjudication.grades()))
                .bind("by", adjudication.lead())
                .bind("at", Timestamps.of(adjudication.at()))
                .execute();
    }
}
