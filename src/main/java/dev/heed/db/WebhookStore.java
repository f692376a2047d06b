package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Who is told what happens here, and what waits to be told. A delivery is written in the transaction of what it tells; whoever
 * claims it has a while to deliver it, so that of several servers one does.
 */
public final class WebhookStore {
    private static final Duration CLAIMED = Duration.ofMinutes(2);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int LONGEST_OUTCOME = 400;

    private final Database database;

    WebhookStore(Database database) {
        this.database = database;
    }

    /** What can be told. */
    public enum Happening {
        PREFERENCE_STORED,
        CAMPAIGN_FULL,
        CAMPAIGN_CLOSED,
        RUN_FINISHED,
        /** To see whether it arrives. */
        TEST
    }

    /** Without its secret. */
    public record Webhook(long id, String url, List<Happening> events, String addedBy, Instant addedAt) {
        public Webhook {
            events = events.stream().distinct().sorted().toList();
        }
    }

    /**
     * What is told to one of them.
     *
     * @param attempts that were made
     * @param nextAt null where it has arrived or was given up
     * @param outcome of the last attempt; "" before the first
     */
    public record Delivery(
            UUID id,
            long webhook,
            Happening event,
            Instant madeAt,
            int attempts,
            @Nullable Instant nextAt,
            boolean arrived,
            String outcome) {}

    /** One that is to be delivered now. */
    public record Due(UUID id, long webhook, String url, String secret, String body, int attempts) {}

    private static Webhook webhook(ResultSet row) throws SQLException {
        return new Webhook(
                row.getLong("id"),
                row.getString("url"),
                events(row.getString("events")),
                row.getString("added_by"),
                Timestamps.read(row, "added_at"));
    }

    private static List<Happening> events(String json) {
        try {
            return List.of(Json.mapper().readValue(json, Happening[].class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the events of a webhook are damaged: " + json, e);
        }
    }

    /** In order of adding. */
    public List<Webhook> all() {
        return database.read(WebhookStore::all);
    }

    private static List<Webhook> all(Handle handle) {
        return handle.createQuery("select id, url, events, added_by, added_at from webhook order by id")
                .map((row, context) -> webhook(row))
                .list();
    }

    public Optional<Webhook> find(long id) {
        return all().stream().filter(one -> one.id() == id).findFirst();
    }

    /** @param most how many there may be */
    public Webhook add(String url, String secret, List<Happening> events, String by, Instant now, int most) {
        return database.write(handle -> {
            if (all(handle).size() >= most) {
                throw new Conflict("there are %d webhooks, which is the most; remove one".formatted(most));
            }
            long id = handle.createQuery("select coalesce(max(id), 0) + 1 from webhook")
                    .mapTo(Long.class)
                    .one();
            Webhook made = new Webhook(id, url, events, by, now);
            handle.createUpdate(
                            """
                            insert into webhook (id, url, secret, events, added_by, added_at)
                            values (:id, :url, :secret, :events, :by, :now)
                            """)
                    .bind("id", id)
                    .bind("url", url)
                    .bind("secret", secret)
                    .bind("events", Json.line(made.events()))
                    .bind("by", by)
                    .bind("now", Timestamps.of(now))
                    .execute();
            return made;
        });
    }

    /** With all that waits for it. */
    public void remove(long id) {
        database.change(handle -> {
            handle.createUpdate("delete from delivery where webhook = :id")
                    .bind("id", id)
                    .execute();
            handle.createUpdate("delete from webhook where id = :id")
                    .bind("id", id)
                    .execute();
        });
    }

    /** The latest first. */
    public List<Delivery> deliveries(long webhook, int most) {
        return database.read(handle -> handle.createQuery(
                        """
                        select id, webhook, event, made_at, attempts, next_at, arrived, outcome from delivery
                        where webhook = :webhook order by made_at desc, id fetch first :most rows only
                        """)
                .bind("webhook", webhook)
                .bind("most", most)
                .map((row, context) -> new Delivery(
                        row.getObject("id", UUID.class),
                        row.getLong("webhook"),
                        Happening.valueOf(row.getString("event")),
                        Timestamps.read(row, "made_at"),
                        row.getInt("attempts"),
                        Timestamps.find(row, "next_at"),
                        row.getBoolean("arrived"),
                        row.getString("outcome")))
                .list());
    }

    /** Tells everyone who wants to know; what was told before is not told again. */
    public void tell(Happening event, String about, Map<String, Object> what, Instant now) {
        if (database.read(handle -> !untold(handle, event, about, now).isEmpty())) {
            database.change(handle -> tell(handle, event, about, what, now));
        }
    }

    /** As {@link #tell(Happening, String, Map, Instant)}, of one alone, whatever it wants. */
    public void tellOne(long webhook, Happening event, String about, Map<String, Object> what, Instant now) {
        database.change(handle -> {
            if (!isTold(handle, webhook, event, about)) {
                insert(handle, webhook, event, about, what, now);
            }
        });
    }

    static void tell(Handle handle, Happening event, String about, Map<String, Object> what, Instant now) {
        untold(handle, event, about, now).forEach(one -> insert(handle, one.id(), event, about, what, now));
    }

    /** Who wants to know it and was not told. */
    private static List<Webhook> untold(Handle handle, Happening event, String about, Instant now) {
        return all(handle).stream()
                .filter(one -> one.events().contains(event) && !now.isBefore(one.addedAt()))
                .filter(one -> !isTold(handle, one.id(), event, about))
                .toList();
    }

    private static boolean isTold(Handle handle, long webhook, Happening event, String about) {
        return handle.createQuery(
                                "select count(*) from delivery where webhook = :webhook and event = :event and about = :about")
                        .bind("webhook", webhook)
                        .bind("event", event.name())
                        .bind("about", about)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /** That a labeler's answer is stored. */
    static void tellStored(Handle handle, Comparison comparison, Preference stored) {
        List<Webhook> all = all(handle);
        if (!all.isEmpty()) {
            Map<String, Object> what = new LinkedHashMap<>();
            what.put("id", stored.id());
            what.put("comparison", stored.comparison());
            what.put(
                    "campaign",
                    CampaignStore.find(handle, comparison.asking().campaign())
                            .orElseThrow()
                            .name());
            what.put("round", comparison.round());
            what.put("labeler", stored.labeler());
            what.put("answer", stored.answer());
            what.put("replaces", stored.replaces());
            tell(handle, Happening.PREFERENCE_STORED, stored.id().toString(), what, Instant.now());
        }
    }

    /** That a campaign asks no more. */
    static void tellClosed(Handle handle, long campaign, String name) {
        Instant now = Instant.now();
        tell(handle, Happening.CAMPAIGN_CLOSED, "%d at %s".formatted(campaign, now), Map.of("campaign", name), now);
    }

    private static void insert(
            Handle handle, long webhook, Happening event, String about, Map<String, Object> what, Instant now) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", event.name().toLowerCase(Locale.ROOT));
        body.put("timestamp", now.toString());
        body.put("data", what);
        handle.createUpdate(
                        """
                        insert into delivery (id, webhook, event, about, body, made_at, next_at)
                        values (:id, :webhook, :event, :about, :body, :now, :now)
                        """)
                .bind("id", UUID.randomUUID())
                .bind("webhook", webhook)
                .bind("event", event.name())
                .bind("about", about)
                .bind("body", Json.line(body))
                .bind("now", Timestamps.of(now))
                .execute();
    }

    /** What is due, the oldest first; it is nobody else's for a while. */
    public List<Due> claim(int most, Instant now) {
        boolean any = database.read(handle -> handle.createQuery("select count(*) from delivery where next_at <= :now")
                        .bind("now", Timestamps.of(now))
                        .mapTo(Long.class)
                        .one())
                > 0;
        return any ? database.write(handle -> claim(handle, most, now)) : List.of();
    }

    private static List<Due> claim(Handle handle, int most, Instant now) {
        List<Due> due = handle.createQuery(
                        """
                        select d.id, d.webhook, w.url, w.secret, d.body, d.attempts
                        from delivery d join webhook w on w.id = d.webhook
                        where d.next_at <= :now order by d.next_at, d.made_at, d.id fetch first :most rows only
                        """)
                .bind("now", Timestamps.of(now))
                .bind("most", most)
                .map((row, context) -> new Due(
                        row.getObject("id", UUID.class),
                        row.getLong("webhook"),
                        row.getString("url"),
                        row.getString("secret"),
                        row.getString("body"),
                        row.getInt("attempts")))
                .list();
        due.forEach(one -> handle.createUpdate("update delivery set next_at = :until where id = :id")
                .bind("until", Timestamps.of(now.plus(CLAIMED)))
                .bind("id", one.id())
                .execute());
        handle.createUpdate(
                        """
                        delete from delivery
                        where next_at is null and made_at < :then and event in ('PREFERENCE_STORED', 'TEST')
                        """) // of the others there are few, and they say what was told
                .bind("then", Timestamps.of(now.minus(KEPT)))
                .execute();
        return due;
    }

    /**
     * Says what came of an attempt.
     *
     * @param again when to try again; null where it has arrived or is given up
     */
    public void attempted(Due due, boolean arrived, String outcome, @Nullable Instant again) {
        database.change(handle -> handle.createUpdate(
                        """
                        update delivery set attempts = attempts + 1, arrived = :arrived, outcome = :outcome,
                            next_at = cast(:again as timestamp with time zone)
                        where id = :id
                        """)
                .bind("arrived", arrived)
                .bind("outcome", outcome.substring(0, Math.min(LONGEST_OUTCOME, outcome.length())))
                .bind("again", again == null ? null : Timestamps.of(again))
                .bind("id", due.id())
                .execute());
    }
}
