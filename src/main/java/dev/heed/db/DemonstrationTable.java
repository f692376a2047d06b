package dev.heed.db;

import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Taken;
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

    /** With their prompts, in order of insertion: at most so many of those after a row. */
    static List<Numbered> after(Handle handle, long row, int most) {
        return handle.createQuery(
                        """
                        select d.*, p.id as prompt_id, p.messages, p.kind, p.split
                        from demonstration d join prompt p on p.id = d.prompt
                        where d.row_number > :after order by d.row_number fetch first :most rows only
                        """)
                .bind("after", row)
                .bind("most", most)
                .map((found, context) ->
                        new Numbered(found.getLong("row_number"), new Demonstrated(PromptTable.map(found), map(found))))
                .list();
    }

    /** A row. */
    record Numbered(long row, Demonstrated demonstrated) {}

    /** As {@link #add}, and whether it is new; one whose id is stored with another text is refused. */
    static Taken.Fate take(Handle handle, Demonstration sent, Written written) {
        long before = lastRow(handle);
        try {
            add(handle, sent, written);
        } catch (Conflict e) {
            return Taken.Fate.REFUSED;
        }
        return lastRow(handle) > before ? Taken.Fate.ADDED : Taken.Fate.THERE;
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
