package dev.heed.db;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Battle;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A line of the journal: one row of one table, whichever is there.
 *
 * @param row its number in that table
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Entry(
        long row,
        @Nullable Prompt prompt,
        @Nullable Comparison comparison,
        @Nullable Preference preference,
        @Nullable Demonstration demonstration,
        @Nullable Voted voted,
        @Nullable Adjudication adjudication) {
    /** What is journaled. */
    enum Table {
        PROMPT,
        COMPARISON,
        PREFERENCE,
        DEMONSTRATION,
        VOTED,
        ADJUDICATION
    }

    /** A battle of the arena with its vote: rows of two tables under the battle's number. */
    record Voted(Battle battle, Battle.Vote vote, Instant at) {}

    static Entry of(long row, Prompt prompt) {
        return new Entry(row, prompt, null, null, null, null, null);
    }

    static Entry of(Comparison comparison) {
        return new Entry(comparison.id(), null, comparison, null, null, null, null);
    }

    static Entry of(long row, Preference preference) {
        return new Entry(row, null, null, preference, null, null, null);
    }

    static Entry of(long row, Demonstration demonstration) {
        return new Entry(row, null, null, null, demonstration, null, null);
    }

    static Entry of(long row, Voted voted) {
        return new Entry(row, null, null, null, null, voted, null);
    }

    static Entry of(long row, Adjudication adjudication) {
        return new Entry(row, null, null, null, null, null, adjudication);
    }

    @JsonIgnore
    Table table() {
        return preference != null
                ? Table.PREFERENCE
                : comparison != null
                        ? Table.COMPARISON
                        : prompt != null
                                ? Table.PROMPT
                                : demonstration != null
                                        ? Table.DEMONSTRATION
                                        : voted != null ? Table.VOTED : Table.ADJUDICATION;
    }

    /** The comparison that it refers to, if any. */
    @JsonIgnore
    Optional<Long> about() {
        return preference != null
                ? Optional.of(preference.comparison())
                : adjudication != null
                        ? Optional.of(adjudication.comparison())
                        : Optional.ofNullable(demonstration).map(Demonstration::comparison);
    }
}
