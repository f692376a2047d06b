package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Known;
import dev.heed.feedback.Plan;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Campaigns, their guidelines and what is known of their comparisons. */
public final class CampaignStore {
    private static final String CAMPAIGN =
            """
            select c.id, c.name, c.plan, c.open,
                   (select coalesce(max(g.version), 0) from guideline g where g.campaign = c.id) as guideline
            from campaign c
            """;

    private final Database database;

    CampaignStore(Database database) {
        this.database = database;
        database.change(handle -> {
            if (find(handle, Campaign.LOOP).isEmpty()) {
                insert(handle, Campaign.LOOP, "The loop", Plan.of(1), Instant.now());
            }
        });
    }

    /** One version of what labelers are told. */
    public record Guideline(int version, String text, String writtenBy, Instant writtenAt) {}

    /**
     * How far a campaign is.
     *
     * @param done comparisons with as many answers as were asked for
     * @param disputed whose answers are too far apart
     * @param gold whose right answer is known
     */
    public record Progress(long comparisons, long done, long disputed, long gold, long preferences) {}

    private static Campaign campaign(ResultSet row) throws SQLException {
        try {
            return new Campaign(
                    row.getLong("id"),
                    row.getString("name"),
                    row.getBoolean("open"),
                    Json.mapper().readValue(row.getString("plan"), Plan.class),
                    row.getInt("guideline"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the plan of campaign %d is damaged".formatted(row.getLong("id")), e);
        }
    }

    /** In order of making. */
    public List<Campaign> all() {
        return database.read(handle -> handle.createQuery(CAMPAIGN + "order by c.id")
                .map((row, context) -> campaign(row))
                .list());
    }

    public Optional<Campaign> find(long id) {
        return database.read(handle -> find(handle, id));
    }

    static Optional<Campaign> find(Handle handle, long id) {
        return handle.createQuery(CAMPAIGN + "where c.id = :id")
                .bind("id", id)
                .map((row, context) -> campaign(row))
                .findOne();
    }

    static void insert(Handle handle, long id, String name, Plan plan, Instant now) {
        handle.createUpdate(
                        "insert into campaign (id, name, plan, open, created_at) values (:id, :name, :plan, true, :now)")
                .bind("id", id)
                .bind("name", name)
                .bind("plan", Json.line(plan))
                .bind("now", Timestamps.of(now))
                .execute();
    }

    /** @throws Conflict if there is one of that name */
    public Campaign add(String name, Plan plan, Instant now) {
        return database.write(handle -> {
            expectFree(handle, name, 0);
            long id = handle.createQuery("select max(id) + 1 from campaign")
                    .mapTo(Long.class)
                    .one();
            insert(handle, id, name, plan, now);
            return find(handle, id).orElseThrow();
        });
    }

    private static void expectFree(Handle handle, String name, long exceptId) {
        long taken = handle.createQuery("select count(*) from campaign where name = :name and id <> :id")
                .bind("name", name)
                .bind("id", exceptId)
                .mapTo(Long.class)
                .one();
        if (taken > 0) {
            throw new Conflict("there is a campaign %s already; choose another name".formatted(name));
        }
    }

    /** As it will be from now on; what was answered before stays as it is. */
    public Campaign change(long id, String name, Plan plan, boolean open) {
        return database.write(handle -> {
            expectFree(handle, name, id);
            boolean closed = !open && find(handle, id).filter(Campaign::open).isPresent();
            handle.createUpdate("update campaign set name = :name, plan = :plan, open = :open where id = :id")
                    .bind("name", name)
                    .bind("plan", Json.line(plan))
                    .bind("open", open)
                    .bind("id", id)
                    .execute();
            if (closed) {
                WebhookStore.tellClosed(handle, id, name);
            }
            return find(handle, id).orElseThrow();
        });
    }

    /** A new version; the old ones stay, as preferences name them. */
    public Guideline addGuideline(long campaign, String text, String writtenBy, Instant now) {
        return database.write(handle -> {
            int version = handle.createQuery(
                            "select coalesce(max(version), 0) + 1 from guideline where campaign = :campaign")
                    .bind("campaign", campaign)
                    .mapTo(Integer.class)
                    .one();
            handle.createUpdate(
                            "insert into guideline (campaign, version, text, written_by, written_at) values (:campaign, :version, :text, :by, :now)")
                    .bind("campaign", campaign)
                    .bind("version", version)
                    .bind("text", text)
                    .bind("by", writtenBy)
                    .bind("now", Timestamps.of(now))
                    .execute();
            return new Guideline(version, text, writtenBy, now);
        });
    }

    /** All versions, the latest first. */
    public List<Guideline> guidelines(long campaign) {
        return database.read(
                handle -> handle.createQuery("select * from guideline where campaign = :campaign order by version desc")
                        .bind("campaign", campaign)
                        .map((row, context) -> new Guideline(
                                row.getInt("version"),
                                row.getString("text"),
                                row.getString("written_by"),
                                Timestamps.read(row, "written_at")))
                        .list());
    }

    /** What labelers are told now; "" where nothing is. */
    public String guideline(long campaign) {
        return guidelines(campaign).stream().findFirst().map(Guideline::text).orElse("");
    }

    public Progress progress(Campaign campaign) {
        return database.read(handle -> handle.createQuery(
                        """
                        select coalesce(sum(c.comparisons), 0) as comparisons,
                               coalesce(sum(c.comparisons) filter (where c.answers >=
                                   case when c.disputed then :ifDisputed else :answers end), 0) as done,
                               coalesce(sum(c.comparisons) filter (where c.disputed), 0) as disputed,
                               coalesce(sum(c.answers * c.comparisons), 0) as preferences,
                               (select count(*) from gold g
                                where (select k.campaign from comparison k where k.id = g.comparison) = :campaign) as gold
                        from comparison_count c where c.campaign = :campaign and c.answers >= 0
                        """)
                .bind("campaign", campaign.id())
                .bind("answers", campaign.plan().answers())
                .bind("ifDisputed", campaign.plan().answersIfDisputed())
                .map((row, context) -> new Progress(
                        row.getLong("comparisons"),
                        row.getLong("done"),
                        row.getLong("disputed"),
                        row.getLong("gold"),
                        row.getLong("preferences")))
                .one());
    }

    /** Says what is right; said again, the last holds. */
    public void setGold(Known known, String setBy, Instant now) {
        database.change(handle -> {
            handle.createUpdate("delete from gold where comparison = :comparison")
                    .bind("comparison", known.comparison())
                    .execute();
            handle.createUpdate(
                            """
                            insert into gold (comparison, answer, grades, tolerance, set_by, set_at)
                            values (:comparison, :answer, :grades, :tolerance, :by, :now)
                            """)
                    .bind("comparison", known.comparison())
                    .bind("answer", known.answer().name())
                    .bind("grades", PreferenceTable.json(known.grades()))
                    .bind("tolerance", known.tolerance())
                    .bind("by", setBy)
                    .bind("now", Timestamps.of(now))
                    .execute();
        });
    }

    /** What is known to be right, in the order of comparisons. */
    public List<Known> gold() {
        return database.read(handle -> handle.createQuery(
                        "select comparison, answer, grades, tolerance from gold where answer <> 'SKIP' order by comparison")
                .map((row, context) -> new Known(
                        row.getLong("comparison"),
                        Answer.valueOf(row.getString("answer")),
                        PreferenceTable.grades(row.getString("grades")),
                        row.getInt("tolerance")))
                .list());
    }

    /** Those whose labels training does not read. */
    public List<String> excluded() {
        return database.read(handle -> handle.createQuery("select labeler from excluded order by labeler")
                .mapTo(String.class)
                .list());
    }

    /** Leaves someone's labels out of what training reads, or takes them in again; nothing is deleted. */
    public void exclude(String labeler, boolean out, String by, Instant now) {
        database.change(handle -> {
            handle.createUpdate("delete from excluded where labeler = :labeler")
                    .bind("labeler", labeler)
                    .execute();
            if (out) {
                handle.createUpdate(
                                "insert into excluded (labeler, excluded_by, excluded_at) values (:labeler, :by, :now)")
                        .bind("labeler", labeler)
                        .bind("by", by)
                        .bind("now", Timestamps.of(now))
                        .execute();
            }
        });
    }
}
