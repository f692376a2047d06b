package dev.heed.db;

import dev.heed.feedback.Demonstration;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.List;
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

    /** @throws Conflict if the id is stored with another text */
    static Demonstration add(Handle handle, Demonstration sent) {
        Optional<Demonstration> stored = handle.createQuery("select * from demonstration where id = :id")
                .bind("id", sent.id())
                .map((row, context) -> map(row))
                .findOne();
        stored.filter(same -> !same.text().equals(sent.text())
                        || !same.labeler().equals(sent.labeler())
                        || !same.prompt().equals(sent.prompt()))
                .ifPresent(other -> {
                    throw new Conflict("demonstration %s is stored with another text".formatted(sent.id()));
                });
        return stored.orElseGet(() -> insert(handle, sent));
    }

    private static Demonstration insert(Handle handle, Demonstration sent) {
        handle.createUpdate(
                        """
                        insert into demonstration (row_number, id, prompt, text, labeler, comparison, written_at)
                        values ((select coalesce(max(row_number), 0) + 1 from demonstration),
                                :id, :prompt, :text, :labeler, :comparison, :at)
                        """)
                .bind("id", sent.id())
                .bind("prompt", sent.prompt())
                .bind("text", Escaped.of(sent.text()))
                .bind("labeler", sent.labeler())
                .bind("comparison", sent.comparison())
                .bind("at", Timestamps.of(sent.at().truncatedTo(ChronoUnit.MILLIS)))
                .execute();
        return sent;
    }
}
