package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Event;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Preference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Answers with all that they are about, read from SQL. */
final class EventTable {
    private EventTable() {}

    /**
     * All answers to some comparisons, also those that were corrected, by comparison and then in order of insertion.
     *
     * @param after comparisons up to this one are left out
     * @param until the last comparison that is looked at
     * @param last the end of the table of preferences
     */
    static List<Event> between(Handle handle, long after, long until, long last) {
        List<Preference> answers = handle.createQuery(
                        """
                        select * from preference
                        where comparison > :after and comparison <= :until and row_number + 0 <= :last -- or H2 reads all rows for each piece
                        order by comparison, row_number
                        """)
                .bind("after", after)
                .bind("until", until)
                .bind("last", last)
                .map((row, context) -> PreferenceTable.map(row))
                .list();
        if (answers.isEmpty()) {
            return List.of();
        }
        Map<Long, Comparison> about = new HashMap<>();
        ComparisonTable.withIds(
                        handle,
                        answers.stream().map(Preference::comparison).distinct().toList())
                .forEach(comparison -> about.put(comparison.id(), comparison));
        Set<UUID> replaced = new HashSet<>();
        answers.forEach(answer -> replaced.add(answer.replaces()));
        Set<String> excluded = excluded(handle);
        Map<Long, Event.Decision> decided = decided(handle, after, until);
        Map<Long, String> campaigns = campaigns(handle);
        return answers.stream()
                .map(answer -> {
                    Comparison comparison = Objects.requireNonNull(about.get(answer.comparison()));
                    return new Event(
                            comparison,
                            answer,
                            campaigns.getOrDefault(comparison.asking().campaign(), ""),
                            excluded.contains(answer.labeler()),
                            replaced.contains(answer.id()),
                            decided.get(comparison.id()),
                            ComparisonTable.content(comparison).substring(0, LearnedTable.GROUP_LENGTH));
                })
                .toList();
    }

    private static Map<Long, Event.Decision> decided(Handle handle, long after, long until) {
        Map<Long, Event.Decision> decided = new HashMap<>();
        handle.createQuery(
                        """
                        select comparison, answer, grades, decided_by from adjudicated
                        where comparison > :after and comparison <= :until
                        """)
                .bind("after", after)
                .bind("until", until)
                .map((row, context) -> Map.entry(
                        row.getLong("comparison"),
                        new Event.Decision(
                                new Judgement(
                                        Answer.valueOf(row.getString("answer")),
                                        PreferenceTable.grades(row.getString("grades"))),
                                row.getString("decided_by"))))
                .forEach(one -> decided.put(one.getKey(), one.getValue()));
        return decided;
    }

    /** Whose answers training does not read. */
    static Set<String> excluded(Handle handle) {
        return handle.createQuery("select labeler from excluded")
                .mapTo(String.class)
                .set();
    }

    /** Names by number, without the loop's. */
    private static Map<Long, String> campaigns(Handle handle) {
        Map<Long, String> names = new HashMap<>();
        handle.createQuery("select id, name from campaign where id <> :loop")
                .bind("loop", Campaign.LOOP)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("name")))
                .forEach(named -> names.put(named.getKey(), named.getValue()));
        return names;
    }
}
