package dev.heed.db;

import dev.heed.feedback.Demonstration;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Demonstrations in SQL. */
final class DemonstrationTable {
    private DemonstrationTable() {}

    private static Demonstration map(ResultSet row) throws SQLException {
        return new Demonstration(
                row.getObject("id", UUID.class),
                row.getString("prompt"),
                Escaped.read(row.getString("text")),
                row.getString("labeler"),
                row.getObject("comparison", Long.class),
                Timestamps.read(row, "written_at"));
    }

    static List<Demonstration> all(Handle handle) {
        return handle.createQuery("select * from demonstration order by row_number")
                .map((row, context) -> map(row))
                .list();
    }

    /** Rows as the journal writes them, in order. */
    static List<Entry> entries(Handle handle, List<Long> rows) {
        return handle.createQuery("select * from demonstration where row_number in (<rows>) order by row_number")
                .bindList("rows", rows)
                .map((row, context) -> entry(row))
                .list();
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return Entry.of(row.getLong("row_number"), map(row));
    }

    /**
     * Inserts it where it is new.
     *
     * @param written receives a line for it, and for its prompt
     * @throws Conflict if the id is stored with another text
     */
    static Demonstration add(Handle handle, Demonstration given, Written written) {
        Demonstration sent = given.at(given.at().truncatedTo(ChronoUnit.MILLIS));
        Optional<Entry> stored = handle.createQuery("select * from demonstration where id = :id")
                .bind("id", sent.id())
                .map((row, context) -> entry(row))
                .findOne();
        Optional<Demonstration> before = stored.map(entry -> Objects.requireNonNull(entry.demonstration()));
        before.filter(same -> !same.text().equals(sent.text())
                        || !same.labeler().equals(sent.labeler())
                        || !same.prompt().equals(sent.prompt()))
                .ifPresent(other -> {
                    throw new Conflict("demonstration %s is stored with another text".formatted(sent.id()));
                });
        long row = stored.map(Entry::row).orElseGet(() -> lastRow(handle) + 1);
        if (stored.isEmpty()) {
            insert(handle, row, sent);
        }
        Demonstration kept = before.orElse(sent);
        PromptTable.find(handle, kept.prompt()).ifPresent(prompt -> PromptTable.add(handle, List.of(prompt), written));
        written.entries().add(Entry.of(row, kept));
        return kept;
    }

    private static long lastRow(Handle handle) {
        return handle.createQuery("select coalesce(max(row_number), 0) from demonstration")
                .mapTo(Long.class)
                .one();
    }

    static void insert(Handle handle, long row, Demonstration demonstration) {
        handle.createUpdate(
                        """
                        insert into demonstration (row_number, id, prompt, text, labeler, comparison, written_at)
                        values (:row, :id, :prompt, :text, :labeler, :comparison, :at)
                        """)
                .bind("row", row)
                .bind("id", demonstration.id())
                .bind("prompt", demonstration.prompt())
                .bind("text", Escaped.of(demonstration.text()))
                .bind("labeler", demonstration.labeler())
                .bind("comparison", demonstration.comparison())
                .bind("at", Timestamps.of(demonstration.at()))
                .execute();
    }
}
