package dev.heed.db;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import org.jspecify.annotations.Nullable;

/**
 * A line of the journal: one row of one table, whichever of the three is there.
 *
 * @param row its number in that table
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Entry(long row, @Nullable Prompt prompt, @Nullable Comparison comparison, @Nullable Preference preference) {
    /** What is journaled. */
    enum Table {
        PROMPT,
        COMPARISON,
        PREFERENCE
    }

    static Entry of(long row, Prompt prompt) {
        return new Entry(row, prompt, null, null);
    }

    static Entry of(Comparison comparison) {
        return new Entry(comparison.id(), null, comparison, null);
    }

    static Entry of(long row, Preference preference) {
        return new Entry(row, null, null, preference);
    }

    @JsonIgnore
    Table table() {
        return preference != null ? Table.PREFERENCE : comparison != null ? Table.COMPARISON : Table.PROMPT;
    }
}
