package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Form;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Prompt;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Comparisons in SQL. */
final class ComparisonTable {
    private static final String SELECT =
            """
            select c.id, c.round, c.first_text, c.first_model, c.first_ended,
                   c.second_text, c.second_model, c.second_ended, c.urgency,
                   c.campaign, c.original, c.repeat_for, c.more, c.axes,
                   p.id as prompt_id, p.messages, p.kind, p.split
            from comparison c join prompt p on p.id = c.prompt
            """;

    private static final String UNKNOWN_MODEL = "import";

    private ComparisonTable() {}

    static Comparison map(ResultSet row) throws SQLException {
        return new Comparison(
                row.getLong("id"),
                row.getInt("round"),
                PromptTable.map(row),
                new Completion(
                        Escaped.read(row.getString("first_text")),
                        row.getString("first_model"),
                        row.getBoolean("first_ended")),
                new Completion(
                        Escaped.read(row.getString("second_text")),
                        row.getString("second_model"),
                        row.getBoolean("second_ended")),
                more(row),
                axes(row),
                row.getDouble("urgency"),
                new Asking(row.getLong("campaign"), repeat(row)));
    }

    static List<Completion> more(ResultSet row) throws SQLException {
        return List.of(parsed(row, "more", Completion[].class, new Completion[0]));
    }

    private static List<String> axes(ResultSet row) throws SQLException {
        return List.of(parsed(row, "axes", String[].class, new String[0]));
    }

    private static <T> T parsed(ResultSet row, String column, Class<T> type, T none) throws SQLException {
        String json = row.getString(column);
        try {
            return json.isEmpty() ? none : Json.mapper().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("%s of comparison %d is damaged".formatted(column, row.getLong("id")), e);
        }
    }

    private static Asking.@Nullable Repeat repeat(ResultSet row) throws SQLException {
        String labeler = row.getString("repeat_for");
        return labeler == null ? null : new Asking.Repeat(row.getLong("original"), labeler);
    }

    static Optional<Comparison> find(Handle handle, long id) {
        return handle.createQuery(SELECT + "where c.id = :id")
                .bind("id", id)
                .map((row, context) -> map(row))
                .findOne();
    }

    /** Numbers of all of one round, in order. */
    static List<Long> ofRound(Handle handle, int round) {
        return handle.createQuery("select id from comparison where round = :round order by id")
                .bind("round", round)
                .mapTo(Long.class)
                .list();
    }

    /** Comparisons with these numbers, by number. */
    static List<Comparison> withIds(Handle handle, List<Long> ids) {
        return ids.isEmpty()
                ? List.of()
                : handle.createQuery(SELECT + "where c.id in (<ids>) order by c.id")
                        .bindList("ids", ids)
                        .map((row, context) -> map(row))
                        .list();
    }

    /**
     * A comparison as far as an answer to it must be checked and counted.
     *
     * @param level where it is counted
     */
    record Measure(StandingTable.Level level, Form form) {}

    /** Those that there are, by number. */
    static Map<Long, Measure> measures(Handle handle, List<Long> ids) {
        Map<Long, Measure> measures = new HashMap<>();
        handle.createQuery(
                        """
                        select id, completions, axes, campaign, original, answers, disputed
                        from comparison where id in (<ids>)
                        """)
                .bindList("ids", ids)
                .map((row, context) -> Map.entry(
                        row.getLong("id"),
                        new Measure(
                                StandingTable.Level.of(
                                        row.getLong("campaign"),
                                        row.getObject("original", Long.class),
                                        row.getInt("answers"),
                                        row.getBoolean("disputed")),
                                new Form(row.getInt("completions"), axes(row)))))
                .forEach(entry -> measures.put(entry.getKey(), entry.getValue()));
        return measures;
    }

    /** Those with the same number of answers lie in the index in the order of asking; so each number is asked for alone. */
    static List<Comparison> open(Handle handle, String labeler, int limit, int answers) {
        List<Asked> first = StandingTable.levels(handle, labeler, answers).stream()
                .flatMap(level -> open(handle, level, labeler, limit).stream())
                .sorted(Comparator.comparing(Asked::urgency)
                        .thenComparing(Asked::round)
                        .reversed()
                        .thenComparing(Asked::id))
                .limit(limit)
                .toList();
        Map<Long, Comparison> found = new HashMap<>();
        withIds(handle, first.stream().map(Asked::id).toList())
                .forEach(comparison -> found.put(comparison.id(), comparison));
        return first.stream()
                .map(asked -> Objects.requireNonNull(found.get(asked.id())))
                .toList();
    }

    private record Asked(long id, int round, double urgency) {}

    private static List<Asked> open(Handle handle, int level, String labeler, int limit) {
        return handle.createQuery(
                        """
                        select c.id, c.round, c.urgency from comparison c
                        where c.answers = :level and c.original is null
                        and not exists (
                            select 1 from preference mine where mine.comparison = c.id and mine.labeler = :labeler)
                        order by c.answers, c.urgency desc, c.round desc, c.id fetch first :limit rows only
                        """)
                .bind("level", level)
                .bind("labeler", labeler)
                .bind("limit", limit)
                .map((row, context) -> new Asked(row.getLong("id"), row.getInt("round"), row.getDouble("urgency")))
                .list();
    }

    static long lastId(Handle handle) {
        return handle.createQuery("select coalesce(max(id), 0) from comparison")
                .mapTo(Long.class)
                .one();
    }

    /**
     * Inserts those whose content is new, and their prompts.
     *
     * @param written receives a line for each comparison, and for their prompts
     * @return the stored ones, in the given order
     */
    static List<Comparison> add(Handle handle, List<Comparison> comparisons, Written written) {
        if (comparisons.isEmpty()) {
            return List.of();
        }
        List<Prompt> prompts = PromptTable.add(
                handle, comparisons.stream().map(Comparison::prompt).toList(), written);
        Map<String, Comparison> stored = new HashMap<>();
        handle.createQuery(SELECT + "where c.content in (<contents>)")
                .bindList(
                        "contents",
                        comparisons.stream().map(ComparisonTable::content).toList())
                .map((row, context) -> map(row))
                .forEach(comparison -> stored.put(content(comparison), comparison));
        long lastId = lastId(handle);
        List<Comparison> fresh = new ArrayList<>();
        for (int i = 0; i < comparisons.size(); i++) {
            Comparison given = comparisons.get(i);
            if (!stored.containsKey(content(given))) {
                Comparison numbered = given.with(lastId + fresh.size() + 1).with(prompts.get(i));
                stored.put(content(given), numbered);
                fresh.add(numbered);
            }
        }
        insert(handle, fresh, written.counts());
        List<Comparison> all = comparisons.stream()
                .map(comparison -> Objects.requireNonNull(stored.get(content(comparison))))
                .toList();
        all.forEach(comparison -> written.entries().add(Entry.of(comparison)));
        return all;
    }

    static void insert(Handle handle, List<Comparison> comparisons, StandingTable.Counts counts) {
        if (comparisons.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(
                """
                insert into comparison (id, round, prompt, first_text, first_model, first_ended,
                                        second_text, second_model, second_ended, urgency, content,
                                        campaign, original, repeat_for, more, completions, axes)
                values (:id, :round, :prompt, :firstText, :firstModel, :firstEnded,
                        :secondText, :secondModel, :secondEnded, :urgency, :content,
                        :campaign, :original, :repeatFor, :more, :completions, :axes)
                """);
        for (Comparison comparison : comparisons) {
            batch.bind("id", comparison.id())
                    .bind("round", comparison.round())
                    .bind("prompt", comparison.prompt().id())
                    .bind("firstText", Escaped.of(comparison.first().text()))
                    .bind("firstModel", comparison.first().model())
                    .bind("firstEnded", comparison.first().ended())
                    .bind("secondText", Escaped.of(comparison.second().text()))
                    .bind("secondModel", comparison.second().model())
                    .bind("secondEnded", comparison.second().ended())
                    .bind("urgency", comparison.urgency())
                    .bind("content", content(comparison))
                    .bind("campaign", comparison.asking().campaign())
                    .bind("original", original(comparison))
                    .bind("repeatFor", repeatFor(comparison))
                    .bind("more", json(comparison.more()))
                    .bind("completions", comparison.form().completions())
                    .bind("axes", json(comparison.axes()))
                    .add();
        }
        batch.execute();
        comparisons.forEach(comparison -> counts.comparisons(StandingTable.Level.of(comparison), 1));
    }

    private static String json(List<?> values) {
        return values.isEmpty() ? "" : Json.line(values);
    }

    private static @Nullable Long original(Comparison comparison) {
        Asking.Repeat repeat = comparison.asking().repeat();
        return repeat == null ? null : repeat.original();
    }

    private static @Nullable String repeatFor(Comparison comparison) {
        Asking.Repeat repeat = comparison.asking().repeat();
        return repeat == null ? null : repeat.labeler();
    }

    /** @param more of current answers, by comparison; negative where an answer became a SKIP */
    static void countAnswers(Handle handle, Map<Long, Integer> more) {
        PreparedBatch batch = handle.prepareBatch("update comparison set answers = answers + :more where id = :id");
        more.forEach((id, count) -> batch.bind("id", id).bind("more", count).add());
        batch.execute();
    }

    static void markDisputed(Handle handle, Map<Long, Boolean> disputed) {
        PreparedBatch batch = handle.prepareBatch(
                "update comparison set disputed = :disputed where id = :id and disputed <> :disputed");
        disputed.forEach(
                (id, both) -> batch.bind("id", id).bind("disputed", both).add());
        batch.execute();
    }

    /** A study can ask about the same texts several times, of other models each time: an imported one names them. */
    private static String round(Comparison comparison) {
        String first = comparison.first().model();
        String second = comparison.second().model();
        return comparison.round() != 0 || (first.equals(UNKNOWN_MODEL) && second.equals(UNKNOWN_MODEL))
                ? String.valueOf(comparison.round())
                : "0 of %s and %s".formatted(first, second);
    }

    /** The loop's have their round in it, those of other campaigns the campaign, repeats whom they ask as well. */
    static String content(Comparison comparison) {
        Asking asking = comparison.asking();
        String place = asking.campaign() == Campaign.LOOP ? round(comparison) : "campaign " + asking.campaign();
        Asking.Repeat repeat = asking.repeat();
        List<String> parts = new ArrayList<>();
        parts.add(repeat == null ? place : "%s, %d again for %s".formatted(place, repeat.original(), repeat.labeler()));
        parts.add(comparison.prompt().id());
        parts.addAll(comparison.texts());
        if (!comparison.axes().isEmpty()) {
            parts.add("rated on " + comparison.axes());
        }
        return Hashes.sha256(String.join("\u0000", parts));
    }
}
