package dev.heed.db;

import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Brings the database and its journal to the same rows when a store opens. A crash can leave the database short of what
 * was acknowledged (then the journal has it), or the journal short of what was committed but never acknowledged.
 */
final class Reconciliation {
    private final Path file;
    private final Handle handle;
    private final Map<Long, String> prompts;
    private final Map<Long, String> comparisons;
    private final Map<Long, String> preferences;

    private Reconciliation(Path file, Handle handle) {
        this.file = file;
        this.handle = handle;
        prompts = rows("select row_number, id as name from prompt order by row_number");
        comparisons = rows("select id as row_number, content as name from comparison order by id");
        preferences = rows("select row_number, cast(id as varchar) as name from preference order by row_number");
    }

    /**
     * Opens the journal after both records hold the same.
     *
     * @throws UserError if they contradict each other
     */
    static Journal open(Path file, Jdbi jdbi) {
        return jdbi.inTransaction(handle -> {
            Reconciliation both = new Reconciliation(file, handle);
            Journal journal = Journal.open(file, both::replay);
            journal.append(both.unjournaled());
            return journal;
        });
    }

    private Map<Long, String> rows(String query) {
        Map<Long, String> names = new LinkedHashMap<>();
        handle.createQuery(query)
                .map((row, context) -> Map.entry(row.getLong("row_number"), row.getString("name")))
                .forEach(row -> names.put(row.getKey(), row.getValue()));
        return names;
    }

    /** Inserts what the database lacks; what both have is crossed off. */
    private void replay(Entry entry) {
        Prompt prompt = entry.prompt();
        Comparison comparison = entry.comparison();
        Preference preference = entry.preference();
        if (prompt != null && isMissing(prompts, entry.row(), prompt.id())) {
            PromptTable.insert(handle, entry.row(), prompt);
        }
        if (comparison != null && isMissing(comparisons, entry.row(), ComparisonTable.content(comparison))) {
            ComparisonTable.insert(handle, List.of(comparison));
        }
        if (preference != null
                && isMissing(preferences, entry.row(), preference.id().toString())) {
            Intake.insert(handle, entry.row() - 1, List.of(preference), new ArrayList<>());
        }
    }

    private boolean isMissing(Map<Long, String> inDatabase, long row, String name) {
        String there = inDatabase.remove(row);
        if (there != null && !there.equals(name)) {
            throw new UserError(
                    "journal %s and the database beside it disagree: row %d is %s in one, %s in the other; were they copied from different homes? restore both from one backup"
                            .formatted(file, row, name, there));
        }
        return there == null;
    }

    private List<Entry> unjournaled() {
        List<Entry> entries = new ArrayList<>();
        prompts.keySet().forEach(row -> entries.add(PromptTable.entry(handle, row)));
        comparisons
                .keySet()
                .forEach(id ->
                        entries.add(Entry.of(ComparisonTable.find(handle, id).orElseThrow())));
        preferences.keySet().forEach(row -> entries.add(PreferenceTable.entry(handle, row)));
        return entries;
    }
}
