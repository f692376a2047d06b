package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.feedback.Taken;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Prompts in SQL. */
final class PromptTable {
    private PromptTable() {}

    static Prompt map(ResultSet row) throws SQLException {
        try {
            List<Message> messages = List.of(Json.mapper().readValue(row.getString("messages"), Message[].class));
            return new Prompt(
                    row.getString("prompt_id"),
                    messages,
                    Escaped.read(row.getString("kind")),
                    Split.valueOf(row.getString("split")));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("prompt %s is damaged".formatted(row.getString("prompt_id")), e);
        }
    }

    static List<Prompt> ofSplit(Handle handle, Split split) {
        return handle.createQuery(
                        """
                        select p.id as prompt_id, p.messages, p.kind, p.split
                        from prompt p where p.split = :split order by p.row_number
                        """)
                .bind("split", split.name())
                .map((row, context) -> map(row))
                .list();
    }

    static Optional<Prompt> find(Handle handle, String id) {
        return withIds(handle, List.of(id)).stream().map(PromptTable::promptOf).findFirst();
    }

    /** @param lot from 0 to 1: which of them, in order of insertion */
    static Optional<Prompt> byLot(Handle handle, Split split, double lot) {
        long count = handle.createQuery("select count(*) from prompt where split = :split")
                .bind("split", split.name())
                .mapTo(Long.class)
                .one();
        return handle.createQuery(
                        """
                        select p.id as prompt_id, p.messages, p.kind, p.split from prompt p where p.split = :split
                        order by p.split, p.row_number offset :before rows fetch first 1 row only
                        """)
                .bind("split", split.name())
                .bind("before", (long) (lot * count))
                .map((row, context) -> map(row))
                .findOne();
    }

    /**
     * Inserts those whose id is new.
     *
     * @param written receives a line for each prompt
     * @return the stored ones, in the given order
     * @throws Conflict if one is stored with other messages
     */
    static List<Prompt> add(Handle handle, List<Prompt> prompts, Written written) {
        if (prompts.isEmpty()) {
            return List.of();
        }
        Map<String, Entry> stored = new HashMap<>();
        withIds(handle, prompts.stream().map(Prompt::id).distinct().toList())
                .forEach(entry -> stored.put(promptOf(entry).id(), entry));
        long row = handle.createQuery("select coalesce(max(row_number), 0) from prompt")
                .mapTo(Long.class)
                .one();
        List<Prompt> all = new ArrayList<>();
        for (Prompt prompt : prompts) {
            Entry entry = stored.get(prompt.id());
            if (entry == null) {
                entry = Entry.of(++row, prompt);
                stored.put(prompt.id(), entry);
                insert(handle, row, prompt);
            } else if (!promptOf(entry).messages().equals(prompt.messages())) {
                throw new Conflict("prompt %s is stored with other messages".formatted(prompt.id()));
            }
            written.entries().add(entry);
            all.add(promptOf(entry));
        }
        return List.copyOf(all);
    }

    /** As {@link #add}. @return which of them are new */
    static List<Taken.Fate> take(Handle handle, List<Prompt> prompts, Written written) {
        Set<String> there = new HashSet<>();
        withIds(handle, prompts.stream().map(Prompt::id).distinct().toList())
                .forEach(entry -> there.add(promptOf(entry).id()));
        add(handle, prompts, written);
        return prompts.stream()
                .map(prompt -> there.add(prompt.id()) ? Taken.Fate.ADDED : Taken.Fate.THERE)
                .toList();
    }

    private static Prompt promptOf(Entry entry) {
        return Objects.requireNonNull(entry.prompt());
    }

    private static List<Entry> withIds(Handle handle, List<String> ids) {
        return entries(handle, "p.id in (<values>)", ids);
    }

    /** Rows as the journal writes them, in order. */
    static List<Entry> entries(Handle handle, List<Long> rows) {
        return entries(handle, "p.row_number in (<values>)", rows);
    }

    private static List<Entry> entries(Handle handle, String which, List<?> values) {
        return handle.createQuery(
                        "select p.row_number, p.id as prompt_id, p.messages, p.kind, p.split from prompt p where "
                                + which + " order by p.row_number")
                .bindList("values", values)
                .map((row, context) -> Entry.of(row.getLong("row_number"), map(row)))
                .list();
    }

    static void insert(Handle handle, long row, Prompt prompt) {
        handle.createUpdate(
                        """
                        insert into prompt (row_number, id, messages, kind, split)
                        values (:row, :id, :messages, :kind, :split)
                        """)
                .bind("row", row)
                .bind("id", prompt.id())
                .bind("messages", Json.line(prompt.messages()))
                .bind("kind", Escaped.of(prompt.kind()))
                .bind("split", prompt.split().name())
                .execute();
    }
}
