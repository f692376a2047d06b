package dev.heed.db;

import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * How far the labeling is, in SQL: counts of comparisons, of all and of each labeler's, by {@link Level}: to count the rows
 * anew takes too long for every page.
 */
final class StandingTable {
    private static final String COUNT_MORE =
            """
            update comparison_count set comparisons = comparisons + :more
            where campaign = :campaign and answers = :answers and disputed = :disputed
            """;
    private static final String COUNT_FIRST =
            """
            insert into comparison_count (campaign, answers, disputed, comparisons)
            values (:campaign, :answers, :disputed, :more)
            """;
    private static final String STAND_MORE =
            """
            update standing set comparisons = comparisons + :more
            where labeler = :labeler and campaign = :campaign and answers = :answers and disputed = :disputed
            """;
    private static final String STAND_FIRST =
            """
            insert into standing (labeler, campaign, answers, disputed, comparisons)
            values (:labeler, :campaign, :answers, :disputed, :more)
            """;
    private static final int ASKED_AGAIN = -1;

    /**
     * Where a comparison is counted.
     *
     * @param answers how many it has; −1 where it asks one labeler another one again, wherever that one stands
     * @param disputed whether they prefer different sides
     */
    record Level(long campaign, int answers, boolean disputed) {
        /** Of a comparison that nobody has answered. */
        static Level of(Comparison comparison) {
            return new Level(
                    comparison.asking().campaign(), comparison.asking().repeat() == null ? 0 : ASKED_AGAIN, false);
        }

        /** @param original null where it asks no other one again */
        static Level of(long campaign, @Nullable Long original, int answers, boolean disputed) {
            return new Level(campaign, original == null ? answers : ASKED_AGAIN, disputed);
        }

        private Level after(int more, boolean nowDisputed) {
            return new Level(campaign, answers == ASKED_AGAIN ? ASKED_AGAIN : answers + more, nowDisputed);
        }
    }

    private StandingTable() {}

    /** What a batch of preferences changes in the counts. */
    static final class Change {
        private final Map<Long, Level> before = new HashMap<>();
        private final Map<Long, Integer> more = new HashMap<>();
        private final Map<Long, Set<String>> labelers = new HashMap<>();
        private final Map<Long, Set<String>> newcomers = new HashMap<>();

        /** A comparison as it is stored. */
        void begin(long comparison, Level level) {
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

        /**
         * Stores how many answers the comparisons have and whether they are disputed, and adds what that changes to the
         * counts.
         *
         * @param disputed those that got a preference
         */
        void store(Handle handle, Counts counts, Map<Long, Boolean> disputed) {
            more.forEach((comparison, answers) -> {
                Level from = Objects.requireNonNull(before.get(comparison));
                Level to = from.after(answers, disputed.getOrDefault(comparison, from.disputed()));
                if (!from.equals(to)) {
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
            ComparisonTable.markDisputed(handle, disputed);
        }
    }

    /** What a transaction changes in the counts, to be stored at its end: often the same few rows. */
    static final class Counts {
        private final Map<Level, Integer> comparisons = new LinkedHashMap<>();
        private final Map<Standing, Integer> standings = new LinkedHashMap<>();

        void comparisons(Level level, int more) {
            comparisons.merge(level, more, Integer::sum);
        }

        void standing(String labeler, Level level, int more) {
            standings.merge(new Standing(labeler, level), more, Integer::sum);
        }

        void store(Handle handle) {
            add(comparisons, handle, COUNT_MORE, COUNT_FIRST, StandingTable::bind);
            add(standings, handle, STAND_MORE, STAND_FIRST, (batch, key) -> bind(batch, key.level())
                    .bind("labeler", key.labeler()));
        }
    }

    private record Standing(String labeler, Level level) {}

    private static PreparedBatch bind(PreparedBatch batch, Level level) {
        return batch.bind("campaign", level.campaign())
                .bind("answers", level.answers())
                .bind("disputed", level.disputed());
    }

    private interface Binding<K> {
        PreparedBatch bind(PreparedBatch batch, K key);
    }

    /** Adds to the counts that are there and inserts the others: H2 and PostgreSQL have no upsert in common. */
    private static <K> void add(
            Map<K, Integer> more, Handle handle, String updating, String inserting, Binding<K> binding) {
        Map<K, Integer> changes = new LinkedHashMap<>(more);
        changes.values().removeIf(count -> count == 0);
        if (changes.isEmpty()) {
            return;
        }
        PreparedBatch update = handle.prepareBatch(updating);
        changes.forEach(
                (key, count) -> binding.bind(update, key).bind("more", count).add());
        int[] updated = update.execute();
        PreparedBatch insert = handle.prepareBatch(inserting);
        int at = 0;
        for (Map.Entry<K, Integer> change : changes.entrySet()) {
            if (updated[at++] == 0) {
                binding.bind(insert, change.getKey())
                        .bind("more", change.getValue())
                        .add();
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
                        left join standing s on s.labeler = :labeler and s.campaign = c.campaign
                            and s.answers = c.answers and s.disputed = c.disputed
                        where c.answers >= 0 and c.answers < :answers and c.comparisons > coalesce(s.comparisons, 0)
                        group by c.answers order by c.answers
                        """)
                .bind("labeler", labeler)
                .bind("answers", answers)
                .mapTo(Integer.class)
                .list();
    }

    /** @param comparisons of a campaign that want another answer and have none of this labeler's */
    record Open(Level level, long comparisons) {}

    /** Where there are comparisons of a campaign that this labeler can be asked; what has most answers first. */
    static List<Open> open(Handle handle, String labeler, Campaign campaign) {
        return handle.createQuery(
                        """
                        select c.answers, c.disputed, c.comparisons - coalesce(s.comparisons, 0) as comparisons
                        from comparison_count c
                        left join standing s on s.labeler = :labeler and s.campaign = c.campaign
                            and s.answers = c.answers and s.disputed = c.disputed
                        where c.campaign = :campaign and c.answers >= 0
                        and c.answers < case when c.disputed then :ifDisputed else :wanted end
                        and c.comparisons > coalesce(s.comparisons, 0)
                        order by c.answers desc, c.disputed
                        """)
                .bind("labeler", labeler)
                .bind("campaign", campaign.id())
                .bind("wanted", campaign.plan().answers())
                .bind("ifDisputed", campaign.plan().answersIfDisputed())
                .map((row, context) -> new Open(
                        new Level(campaign.id(), row.getInt("answers"), row.getBoolean("disputed")),
                        row.getLong("comparisons")))
                .list();
    }

    /** How many comparisons this labeler could still answer, held ones of others included. */
    static long remaining(Handle handle, String labeler, Campaign campaign) {
        return open(handle, labeler, campaign).stream()
                .mapToLong(Open::comparisons)
                .sum();
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
