package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/** Prompts in SQL. */
final class PromptTable {
    private PromptTable() {}

    static Prompt map(ResultSet row) throws SQLException {
        try {
            List<Message> messages = List.of(Json.mapper().readValue(row.getString("messages"), Message[].class));
            return new Prompt(
                    row.getString("prompt_id"), messages, row.getString("kind"), Split.valueOf(row.getString("split")));
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

    /**
     * Inserts those whose id is new.
     *
     * @param inserted receives a line for each row inserted
     * @return the stored ones, in the given order
     * @throws Conflict if one is stored with other messages
     */
    static List<Prompt> add(Handle handle, List<Prompt> prompts, List<Entry> inserted) {
        if (prompts.isEmpty()) {
            return List.of();
        }
        Map<String, Prompt> stored = new HashMap<>();
        handle.createQuery(
                        """
                        select p.id as prompt_id, p.messages, p.kind, p.split
                        from prompt p where p.id in (<ids>)
                        """)
                .bindList("ids", prompts.stream().map(Prompt::id).distinct().toList())
                .map((row, context) -> map(row))
                .forEach(prompt -> stored.put(prompt.id(), prompt));
        long row = handle.createQuery("select coalesce(max(row_number), 0) from prompt")
                .mapTo(Long.class)
                .one();
        List<Entry> fresh = new ArrayList<>();
        for (Prompt prompt : prompts) {
            Prompt before = stored.putIfAbsent(prompt.id(), prompt);
            if (before == null) {
                fresh.add(Entry.of(++row, prompt));
            } else if (!before.messages().equals(prompt.messages())) {
                throw new Conflict("prompt %s is stored with other messages".formatted(prompt.id()));
            }
        }
        fresh.forEach(entry -> insert(handle, entry.row(), Objects.requireNonNull(entry.prompt())));
        inserted.addAll(fresh);
        return prompts.stream()
                .map(prompt -> Objects.requireNonNull(stored.get(prompt.id())))
                .toList();
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
                .bind("kind", prompt.kind())
                .bind("split", prompt.split().name())
                .execute();
    }

    /** The row of that number, as the journal writes it. */
    static Entry entry(Handle handle, long row) {
        return handle.createQuery(
                        """
                        select p.id as prompt_id, p.messages, p.kind, p.split
                        from prompt p where p.row_number = :row
                        """)
                .bind("row", row)
                .map((found, context) -> Entry.of(row, map(found)))
                .one();
    }
}
