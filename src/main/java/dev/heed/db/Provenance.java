package dev.heed.db;

import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * How the preferences of a snapshot came about, which they do not say themselves: preferences-HASH.json beside the file.
 *
 * @param rounds how many are of each round, what leads decided included; 0 is what was imported
 * @param guidelines how many labelers gave under each version of a campaign's guidelines
 * @param excluded labelers who were left out
 * @param leftOut preferences of theirs
 * @param sides on which the texts stood that were chosen by people who looked
 */
public record Provenance(Map<Integer, Long> rounds, List<Under> guidelines, int excluded, long leftOut, Sides sides) {
    /** What {@link LearnedTable#pairs} takes, whoever said it. */
    private static final String LEARNED =
            """
            from preference g join comparison c on c.id = g.comparison left join campaign k on k.id = c.campaign
            where g.row_number <= :last and g.answer not in ('SKIP', 'BOTH_BAD', 'RATED') and not g.extra and c.original is null
            and not exists (select 1 from adjudicated a where a.comparison = g.comparison)
            and not exists (select 1 from preference later where later.replaces = g.id and later.row_number <= :last)
            """;

    @SuppressWarnings("ConstantValue") // older files do not say
    public Provenance {
        rounds = Map.copyOf(rounds);
        guidelines = List.copyOf(guidelines);
        sides = sides == null ? Sides.UNKNOWN : sides;
    }

    /** @param version 0 where there were none yet */
    public record Under(String campaign, int version, long preferences) {}

    /** How often the text on a side was chosen; ties, and what nobody looked at, count for neither. */
    public record Sides(long left, long right) {
        static final Sides UNKNOWN = new Sides(0, 0);
        private static final int ENOUGH = 20; // by chance one in 500,000

        /** The only side that was ever chosen; empty where both were, or too few to tell. */
        public Optional<String> only() {
            return left + right < ENOUGH || Math.min(left, right) > 0
                    ? Optional.empty()
                    : Optional.of(left > 0 ? "left" : "right");
        }
    }

    private record Part(int round, Under under) {}

    /** Of all preferences up to a row. */
    static Provenance of(Handle handle, long last) {
        List<Part> parts = handle.createQuery(
                        """
                        select c.round, coalesce(k.name, '') as campaign, g.guideline, count(*) as number
                        %s and not exists (select 1 from excluded e where e.labeler = g.labeler)
                        group by c.round, coalesce(k.name, ''), g.guideline
                        order by c.round, coalesce(k.name, ''), g.guideline
                        """
                                .formatted(LEARNED))
                .bind("last", last)
                .map((row, context) -> new Part(
                        row.getInt("round"),
                        new Under(row.getString("campaign"), row.getInt("guideline"), row.getLong("number"))))
                .list();
        Map<Integer, Long> rounds = new LinkedHashMap<>();
        Map<List<Object>, Long> guidelines = new LinkedHashMap<>();
        for (Part part : parts) {
            Under under = part.under();
            rounds.merge(part.round(), under.preferences(), Long::sum);
            guidelines.merge(List.of(under.campaign(), under.version()), under.preferences(), Long::sum);
        }
        decided(handle).forEach((round, number) -> rounds.merge(round, number, Long::sum));
        LeftOut out = leftOut(handle, last);
        return new Provenance(
                rounds,
                guidelines.entrySet().stream()
                        .map(e -> new Under(
                                (String) e.getKey().get(0), (Integer) e.getKey().get(1), e.getValue()))
                        .toList(),
                out.labelers(),
                out.preferences(),
                sides(handle, last));
    }

    private record LeftOut(int labelers, long preferences) {}

    private static LeftOut leftOut(Handle handle, long last) {
        return handle.createQuery(
                        """
                        select count(distinct g.labeler) as labelers, count(*) as number
                        %s and exists (select 1 from excluded e where e.labeler = g.labeler)
                        """
                                .formatted(LEARNED))
                .bind("last", last)
                .map((row, context) -> new LeftOut(row.getInt("labelers"), row.getLong("number")))
                .one();
    }

    private static Sides sides(Handle handle, long last) {
        return handle.createQuery(
                        """
                        select count(case when (g.answer like 'FIRST%%') != g.second_on_left then 1 end) as on_left, count(*) as number
                        %s and not exists (select 1 from excluded e where e.labeler = g.labeler)
                        and (g.answer like 'FIRST%%' or g.answer like 'SECOND%%') and g.shown_ms > 0
                        """
                                .formatted(LEARNED))
                .bind("last", last)
                .map((row, context) ->
                        new Sides(row.getLong("on_left"), row.getLong("number") - row.getLong("on_left")))
                .one();
    }

    /** What leads decided, of each round. */
    private static Map<Integer, Long> decided(Handle handle) {
        Map<Integer, Long> decided = new LinkedHashMap<>();
        handle.createQuery(
                        """
                        select c.round, count(*) as number from adjudicated a join comparison c on c.id = a.comparison
                        where a.answer not in ('SKIP', 'BOTH_BAD', 'RATED') and c.original is null group by c.round
                        """)
                .map((row, context) -> Map.entry(row.getInt("round"), row.getLong("number")))
                .forEach(part -> decided.put(part.getKey(), part.getValue()));
        return decided;
    }

    /** Writes it beside a snapshot, where nobody did before. */
    void write(Path snapshot) {
        Path file = fileOf(snapshot);
        if (!Files.exists(file)) {
            Json.write(file, this);
        }
    }

    /**
     * Of a snapshot; empty where an older Heed wrote it.
     *
     * @throws UserError if the file is not as expected
     */
    public static Optional<Provenance> find(Path snapshot) {
        Path file = fileOf(snapshot);
        return Files.exists(file) ? Optional.of(Json.read(file, Provenance.class)) : Optional.empty();
    }

    private static Path fileOf(Path snapshot) {
        return snapshot.resolveSibling(String.valueOf(snapshot.getFileName()).replaceFirst("\\.jsonl$", ".json"));
    }
}
