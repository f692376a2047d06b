package dev.heed.db;

import dev.heed.feedback.Preference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * How far the labeling is, in SQL: counts of comparisons, of all and of each labeler's, by how many answers they have.
 * Those that ask one labeler another one again stand apart from them.
 */
final class StandingTable {
    /** Stands for the number of answers of a comparison that asks another one again. */
    static final int ASKED_AGAIN = -1;

    private StandingTable() {}

    /** What a batch of preferences changes in the counts. */
    static final class Change {
        private final Map<Long, Integer> before = new HashMap<>(); // where a comparison is counted
        private final Map<Long, Integer> more = new HashMap<>();
        private final Map<Long, Set<String>> labelers = new HashMap<>();
        private final Map<Long, Set<String>> newcomers = new HashMap<>();

        /** A comparison as it is stored. */
        void begin(long comparison, int level) {
            before.put(comparison, level);
            labelers.put(comparison, new LinkedHashSet<>());
            newcomers.put(comparison, new LinkedHashSet<>());
        }

        /** A preference that is stored. */
        void labeler(Preference preference) {
            of(labelers, preference).add(preference.labeler());
        }

        boolean knows(long comparison) {
            return before.containsKey(comparison);
        }

        /** @param answers how many more the comparison has by this preference: -1, 0 or 1 */
        void add(Preference preference, int answers) {
            more.merge(preference.comparison(), answers, Integer::sum);
            if (!of(labelers, preference).contains(preference.labeler())) {
                of(newcomers, preference).add(preference.labeler());
            }
        }

        private static Set<String> of(Map<Long, Set<String>> sets, Preference preference) {
            return Objects.requireNonNull(sets.get(preference.comparison()));
        }

        /** Stores how many answers the comparisons have, and adds what else that changes to the counts. */
        void store(Handle handle, Counts counts) {
            more.forEach((comparison, answers) -> {
                int from = Objects.requireNonNull(before.get(comparison));
                int to = from == ASKED_AGAIN ? ASKED_AGAIN : from + answers;
                if (from != to) {
                    counts.comparisons(from, -1);
                    counts.comparisons(to, 1);
                    Objects.requireNonNull(labelers.get(comparison)).forEach(labeler -> {
                        counts.standing(labeler, from, -1);
                        counts.standing(labeler, to, 1);
                    });
                }
                Objects.requireNonNull(newcomers.get(comparison)).forEach(labeler -> counts.standing(labeler, to, 1));
            });
            ComparisonTable.countAnswers(handle, more);
        }
    }

    /** What a transaction changes in the counts, to be stored at its end: often the same few rows. */
    static final class Counts {
        private final Map<Integer, Integer> comparisons = new TreeMap<>();
        private final Map<Level, Integer> standings = new LinkedHashMap<>();

        void comparisons(int level, int more) {
            comparisons.merge(level, more, Integer::sum);
        }

        void standing(String labeler, int level, int more) {
            standings.merge(new Level(labeler, level), more, Integer::sum);
        }

        void store(Handle handle) {
            addComparisons(handle, comparisons);
            addStandings(handle, standings);
        }
    }

    private record Level(String labeler, int answers) {}

    private static void addComparisons(Handle handle, Map<Integer, Integer> more) {
        PreparedBatch update = handle.prepareBatch(
                "update comparison_count set comparisons = comparisons + :more where answers = :answers");
        PreparedBatch insert =
                handle.prepareBatch("insert into comparison_count (answers, comparisons) values (:answers, :more)");
        add(more, update, insert, (batch, answers, count) -> batch.bind("answers", answers)
                .bind("more", count)
                .add());
    }

    private static void addStandings(Handle handle, Map<Level, Integer> more) {
        PreparedBatch update = handle.prepareBatch(
                """
                update standing set comparisons = comparisons + :more
                where labeler = :labeler and answers = :answers
                """);
        PreparedBatch insert = handle.prepareBatch(
                "insert into standing (labeler, answers, comparisons) values (:labeler, :answers, :more)");
        add(more, update, insert, (batch, level, count) -> batch.bind("labeler", level.labeler())
                .bind("answers", level.answers())
                .bind("more", count)
                .add());
    }

    private interface Binding<K> {
        void bind(PreparedBatch batch, K key, int more);
    }

    /** Adds to the counts that are there and inserts the others: H2 and PostgreSQL have no upsert in common. */
    private static <K> void add(Map<K, Integer> more, PreparedBatch update, PreparedBatch insert, Binding<K> binding) {
        Map<K, Integer> changes = new LinkedHashMap<>(more);
        changes.values().removeIf(count -> count == 0);
        if (changes.isEmpty()) {
            return;
        }
        changes.forEach((key, count) -> binding.bind(update, key, count));
        int[] updated = update.execute();
        int at = 0;
        for (Map.Entry<K, Integer> change : changes.entrySet()) {
            if (updated[at++] == 0) {
                binding.bind(insert, change.getKey(), change.getValue());
            }
        }
        if (insert.size() > 0) {
            insert.execute();
        }
    }

    /** How many comparisons have fewer answers than that and none of this labeler's. */
    static long remaining(Handle handle, String labeler, int answers) {
        return handle.createQuery(
                        """
                        select (select coalesce(sum(comparisons), 0) from comparison_count
                                where answers >= 0 and answers < :answers)
                             - (select coalesce(sum(comparisons), 0) from standing
                                where labeler = :labeler and answers >= 0 and answers < :answers)
                        """)
                .bind("labeler", labeler)
                .bind("answers", answers)
                .mapTo(Long.class)
                .one();
    }

    /** The numbers of answers below the limit at which there are comparisons without one of this labeler's. */
    static List<Integer> levels(Handle handle, String labeler, int answers) {
        return handle.createQuery(
                        """
                        select c.answers from comparison_count c
                        left join standing s on s.answers = c.answers and s.labeler = :labeler
                        where c.answers >= 0 and c.answers < :answers and c.comparisons > coalesce(s.comparisons, 0)
                        order by c.answers
                        """)
                .bind("labeler", labeler)
                .bind("answers", answers)
                .mapTo(Integer.class)
                .list();
    }

    static long answered(Handle handle, String labeler) {
        return handle.createQuery("select coalesce(sum(comparisons), 0) from standing where labeler = :labeler")
                .bind("labeler", labeler)
                .mapTo(Long.class)
                .one();
    }

    static Tally tally(Handle handle) {
        return handle.createQuery(
                        """
                        select (select count(*) from prompt) as prompts,
                               (select coalesce(sum(comparisons), 0) from comparison_count where answers >= 0) as comparisons,
                               (select coalesce(sum(comparisons), 0) from comparison_count where answers > 0) as answered,
                               (select coalesce(max(round), 0) from comparison) as latest_round
                        """)
                .map((row, context) -> {
                    Map<String, Long> byLabeler = byLabeler(handle);
                    return new Tally(
                            row.getLong("prompts"),
                            row.getLong("comparisons"),
                            row.getLong("answered"),
                            byLabeler.values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum(),
                            row.getInt("latest_round"),
                            byLabeler);
                })
                .one();
    }

    private static Map<String, Long> byLabeler(Handle handle) {
        Map<String, Long> counts = new LinkedHashMap<>();
        handle.createQuery(
                        "select labeler, sum(comparisons) as answers from standing group by labeler order by labeler")
                .map((row, context) -> Map.entry(row.getString("labeler"), row.getLong("answers")))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }
}
