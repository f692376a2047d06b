package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Preferences in SQL. A current one is not replaced by another. */
final class PreferenceTable {

    private PreferenceTable() {}

    static Preference map(ResultSet row) throws SQLException {
        return new Preference(
                row.getObject("id", UUID.class),
                row.getLong("comparison"),
                row.getString("labeler"),
                Answer.valueOf(row.getString("answer")),
                row.getBoolean("second_on_left"),
                row.getLong("shown_ms"),
                Timestamps.read(row, "answered_at"),
                row.getObject("replaces", UUID.class),
                note(row.getString("note")),
                new Asked(
                        Asked.ChosenBy.valueOf(row.getString("chosen_by").toUpperCase(Locale.ROOT)),
                        row.getInt("guideline"),
                        row.getBoolean("extra")),
                grades(row.getString("grades")));
    }

    static @Nullable Grades grades(String json) {
        try {
            return json.isEmpty() ? null : Json.mapper().readValue(json, Grades.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("grades are damaged: " + json, e);
        }
    }

    static String json(@Nullable Grades grades) {
        return grades == null ? "" : Json.line(grades);
    }

    private static Note note(String json) {
        try {
            return json.isEmpty() ? Note.NONE : Json.mapper().readValue(json, Note.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a note is damaged: " + json, e);
        }
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(row.getLong("row_number"), map(row), row.getInt("revision"));
    }

    static List<Row> withIds(Handle handle, List<UUID> ids) {
        return handle.createQuery("select * from preference where id in (<ids>)")
                .bindList("ids", ids)
                .map((row, context) -> row(row))
                .list();
    }

    /** All answers to these comparisons, also those that were corrected, before their corrections. */
    static List<Row> ofComparisons(Handle handle, List<Long> comparisons) {
        return handle.createQuery("select * from preference where comparison in (<comparisons>) order by revision")
                .bindList("comparisons", comparisons)
                .map((row, context) -> row(row))
                .list();
    }

    /** Rows as the journal writes them, in order. */
    static List<Entry> entries(Handle handle, List<Long> rows) {
        return handle.createQuery("select * from preference where row_number in (<rows>) order by row_number")
                .bindList("rows", rows)
                .map((row, context) -> Entry.of(row.getLong("row_number"), map(row)))
                .list();
    }

    /**
     * Those that no other one replaced when the table ended with a certain row: as rows are only appended, always the
     * same.
     *
     * @param after rows up to this one are left out
     * @param until the last row that is looked at
     * @param last the end of the table
     */
    static List<Preference> current(Handle handle, long after, long until, long last) {
        return handle.createQuery(
                        """
                        select g.* from preference g
                        where g.row_number > :after and g.row_number <= :until
                        and not exists (
                            select 1 from preference later where later.replaces = g.id and later.row_number <= :last)
                        order by g.row_number
                        """)
                .bind("after", after)
                .bind("until", until)
                .bind("last", last)
                .map((row, context) -> map(row))
                .list();
    }

    /** The current ones about one comparison, in order of insertion. */
    static List<Preference> about(Handle handle, long comparison) {
        return handle.createQuery(
                        """
                        select g.* from preference g
                        where g.comparison = :comparison
                        and not exists (select 1 from preference later where later.replaces = g.id)
                        order by g.row_number
                        """)
                .bind("comparison", comparison)
                .map((row, context) -> map(row))
                .list();
    }

    static long lastRow(Handle handle) {
        return handle.createQuery("select coalesce(max(row_number), 0) from preference")
                .mapTo(Long.class)
                .one();
    }

    /**
     * A row.
     *
     * @param revision place in the chain of one labeler's answers to one comparison, from 0
     */
    record Row(long number, Preference preference, int revision) {}

    static void insert(Handle handle, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(
                """
                insert into preference (row_number, id, comparison, labeler, answer, second_on_left,
                                        shown_ms, answered_at, replaces, revision, note, chosen_by, guideline, extra,
                                        grades)
                values (:row, :id, :comparison, :labeler, :answer, :secondOnLeft,
                        :shownMs, :at, cast(:replaces as uuid), :revision, :note, :chosenBy, :guideline, :extra,
                        :grades)
                """);
        for (Row row : rows) {
            Preference preference = row.preference();
            batch.bind("row", row.number())
                    .bind("id", preference.id())
                    .bind("comparison", preference.comparison())
                    .bind("labeler", preference.labeler())
                    .bind("answer", preference.answer().name())
                    .bind("secondOnLeft", preference.secondOnLeft())
                    .bind("shownMs", preference.shownMs())
                    .bind("at", Timestamps.of(preference.at()))
                    .bind("replaces", preference.replaces())
                    .bind("revision", row.revision())
                    .bind("note", preference.note().equals(Note.NONE) ? "" : Json.line(preference.note()))
                    .bind("chosenBy", preference.asked().chosenBy().name().toLowerCase(Locale.ROOT))
                    .bind("guideline", preference.asked().guideline())
                    .bind("extra", preference.asked().extra())
                    .bind("grades", json(preference.grades()))
                    .add();
        }
        batch.execute();
    }

    /** The same preference with another time. */
    static Preference at(Preference p, Instant at) {
        return at(p, at, p.asked());
    }

    /** The same preference with another time and way of asking: what the sender does not decide. */
    static Preference at(Preference p, Instant at, Asked asked) {
        return new Preference(
                p.id(),
                p.comparison(),
                p.labeler(),
                p.answer(),
                p.secondOnLeft(),
                p.shownMs(),
                at,
                p.replaces(),
                p.note(),
                asked,
                p.grades());
    }

    /** The same preference, of a comparison with another number. */
    static Preference about(Preference p, long comparison) {
        return new Preference(
                p.id(),
                comparison,
                p.labeler(),
                p.answer(),
                p.secondOnLeft(),
                p.shownMs(),
                p.at(),
                p.replaces(),
                p.note(),
                p.asked(),
                p.grades());
    }
}
