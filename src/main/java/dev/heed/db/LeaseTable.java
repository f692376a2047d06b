package dev.heed.db;

import dev.heed.feedback.Asked;
import dev.heed.feedback.Asked.ChosenBy;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Who holds which comparison, in SQL. What is held counts as answered for everyone else. */
final class LeaseTable {
    static final Duration LASTS = Duration.ofMinutes(10);

    // What may be asked of this labeler. Those whose answer is known are asked by the share of gold alone.
    private static final String MAY_BE_ASKED =
            """
            where c.campaign = :campaign and c.original is null and c.id not in (<taken>)
            and not exists (select 1 from gold k where k.comparison = c.id)
            and not exists (select 1 from preference mine where mine.comparison = c.id and mine.labeler = :labeler)
            and c.answers < case when c.disputed then :ifDisputed else :answers end
            and c.answers + (select count(*) from lease l where l.comparison = c.id and l.labeler <> :labeler)
                < case when c.disputed then :ifDisputed else :answers end
            """;

    private LeaseTable() {}

    /** Ends what has expired, and goes on with what the labeler still holds. */
    static void renew(Handle handle, String labeler, Collection<Long> held, Instant now) {
        handle.createUpdate("delete from lease where expires_at < :now")
                .bind("now", Timestamps.of(now))
                .execute();
        if (!held.isEmpty()) {
            handle.createUpdate(
                            "update lease set expires_at = :until where labeler = :labeler and comparison in (<held>)")
                    .bind("until", Timestamps.of(now.plus(LASTS)))
                    .bind("labeler", labeler)
                    .bindList("held", List.copyOf(held))
                    .execute();
        }
    }

    /** What the labeler was handed in this campaign, has not answered and no longer knows of: after a reload. */
    static List<Long> forgotten(Handle handle, String labeler, Campaign campaign, Collection<Long> known) {
        return handle.createQuery(
                        """
                        select l.comparison from lease l join comparison c on c.id = l.comparison
                        where l.labeler = :labeler and c.campaign = :campaign and l.comparison not in (<known>)
                        and not exists (
                            select 1 from preference p where p.comparison = l.comparison and p.labeler = l.labeler)
                        order by l.expires_at, l.comparison
                        """)
                .bind("labeler", labeler)
                .bind("campaign", campaign.id())
                .bindList("known", orNone(known))
                .mapTo(Long.class)
                .list();
    }

    /** SQL has no empty lists; comparisons are numbered from 1. */
    private static List<Long> orNone(Collection<Long> ids) {
        return ids.isEmpty() ? List.of(0L) : List.copyOf(ids);
    }

    /** What was begun is finished first, then the most urgent, as the loop has it. */
    static List<Long> needed(Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit) {
        return candidates(
                handle, labeler, campaign, taken, limit, "order by c.answers desc, c.urgency desc, c.round desc, c.id");
    }

    static List<Long> uncertain(Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit) {
        return candidates(handle, labeler, campaign, taken, limit, "order by c.urgency desc, c.id");
    }

    /** @param lot from 0 to 1: where among the numbers to begin */
    static List<Long> byLot(
            Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit, double lot) {
        long last = handle.createQuery("select coalesce(max(id), 0) from comparison where campaign = :campaign")
                .bind("campaign", campaign.id())
                .mapTo(Long.class)
                .one();
        long from = 1 + (long) (lot * last);
        return candidates(
                handle,
                labeler,
                campaign,
                taken,
                limit,
                "order by case when c.id >= %d then 0 else 1 end, c.id".formatted(from));
    }

    private static List<Long> candidates(
            Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit, String order) {
        Query query = handle.createQuery(
                "select c.id from comparison c " + MAY_BE_ASKED + order + " fetch first :limit rows only");
        return bindPlan(query, campaign)
                .bind("labeler", labeler)
                .bindList("taken", orNone(taken))
                .bind("limit", limit)
                .mapTo(Long.class)
                .list();
    }

    private static Query bindPlan(Query query, Campaign campaign) {
        return query.bind("campaign", campaign.id())
                .bind("answers", campaign.plan().answers())
                .bind("ifDisputed", campaign.plan().answersIfDisputed());
    }

    /** Those whose right answer is known and this labeler's is not. */
    static List<Long> gold(
            Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit, double lot) {
        List<Long> all = handle.createQuery(
                        """
                        select c.id from gold k join comparison c on c.id = k.comparison
                        where c.campaign = :campaign and c.id not in (<taken>)
                        and not exists (
                            select 1 from preference mine where mine.comparison = c.id and mine.labeler = :labeler)
                        order by c.id
                        """)
                .bind("campaign", campaign.id())
                .bind("labeler", labeler)
                .bindList("taken", orNone(taken))
                .mapTo(Long.class)
                .list();
        int from = (int) (lot * all.size());
        List<Long> turned = new ArrayList<>(all.subList(from, all.size()));
        turned.addAll(all.subList(0, from));
        return turned.subList(0, Math.min(limit, turned.size()));
    }

    /** What this labeler answered a while ago and was not asked again, the oldest first. */
    static List<Long> repeatable(Handle handle, String labeler, Campaign campaign, int since, int limit) {
        return handle.createQuery(
                        """
                        select p.comparison from preference p join comparison c on c.id = p.comparison
                        where p.labeler = :labeler and c.campaign = :campaign and c.original is null
                        and p.replaces is null and p.answer <> 'SKIP' and p.grades = ''
                        and not exists (
                            select 1 from comparison again
                            where again.original = p.comparison and again.repeat_for = :labeler)
                        and (select count(*) from preference later
                             where later.labeler = :labeler and later.row_number > p.row_number) >= :since
                        order by p.row_number desc fetch first :limit rows only
                        """)
                .bind("labeler", labeler)
                .bind("campaign", campaign.id())
                .bind("since", since)
                .bind("limit", limit)
                .mapTo(Long.class)
                .list();
    }

    /** Answers of this labeler in this campaign since a time. */
    static long answeredSince(Handle handle, String labeler, Campaign campaign, Instant since) {
        return handle.createQuery(
                        """
                        select count(*) from preference p join comparison c on c.id = p.comparison
                        where p.labeler = :labeler and p.answered_at >= :since and p.replaces is null
                        and c.campaign = :campaign
                        """)
                .bind("labeler", labeler)
                .bind("campaign", campaign.id())
                .bind("since", Timestamps.of(since))
                .mapTo(Long.class)
                .one();
    }

    static void give(Handle handle, String labeler, long comparison, ChosenBy chosenBy, Instant now) {
        handle.createUpdate(
                        "insert into lease (comparison, labeler, chosen_by, expires_at) values (:comparison, :labeler, :chosenBy, :until)")
                .bind("comparison", comparison)
                .bind("labeler", labeler)
                .bind("chosenBy", chosenBy.name().toLowerCase(Locale.ROOT))
                .bind("until", Timestamps.of(now.plus(LASTS)))
                .execute();
    }

    static void end(Handle handle, String labeler, long comparison) {
        handle.createUpdate("delete from lease where comparison = :comparison and labeler = :labeler")
                .bind("comparison", comparison)
                .bind("labeler", labeler)
                .execute();
    }

    /**
     * How it came that this labeler answers: by a lease; without one, there may be a place left, and if not, the answer is
     * kept as one too many. A correction came about as what it corrects.
     */
    static Asked asked(Handle handle, Comparison comparison, String labeler, Optional<UUID> replaces) {
        if (replaces.isPresent()) {
            return handle.createQuery("select chosen_by, guideline, extra from preference where id = :id")
                    .bind("id", replaces.get())
                    .map((row, context) -> new Asked(
                            chosenBy(row.getString("chosen_by")), row.getInt("guideline"), row.getBoolean("extra")))
                    .findOne()
                    .orElse(Asked.PLAINLY);
        }
        Campaign campaign =
                CampaignStore.find(handle, comparison.asking().campaign()).orElseThrow();
        Optional<ChosenBy> lease = handle.createQuery(
                        "select chosen_by from lease where comparison = :comparison and labeler = :labeler")
                .bind("comparison", comparison.id())
                .bind("labeler", labeler)
                .map((row, context) -> chosenBy(row.getString("chosen_by")))
                .findOne();
        boolean extra = lease.isEmpty() && comparison.asking().repeat() == null && isFull(handle, comparison, campaign);
        return new Asked(lease.orElse(ChosenBy.NEED), campaign.guideline(), extra);
    }

    private static ChosenBy chosenBy(String name) {
        return ChosenBy.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static boolean isFull(Handle handle, Comparison comparison, Campaign campaign) {
        Query query = handle.createQuery(
                """
                select count(*) from comparison c where c.id = :comparison and c.campaign = :campaign
                and c.answers + (select count(*) from lease l where l.comparison = c.id)
                    >= case when c.disputed then :ifDisputed else :answers end
                """);
        return bindPlan(query, campaign)
                        .bind("comparison", comparison.id())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /** How many comparisons this labeler could still answer, held ones of others included. */
    static long remaining(Handle handle, String labeler, Campaign campaign) {
        Query query = handle.createQuery(
                """
                select (select count(*) from comparison c
                        where c.campaign = :campaign and c.original is null
                        and c.answers < case when c.disputed then :ifDisputed else :answers end)
                     - (select count(*) from preference p join comparison c on c.id = p.comparison
                        where p.labeler = :labeler and p.replaces is null and c.campaign = :campaign
                        and c.original is null
                        and c.answers < case when c.disputed then :ifDisputed else :answers end)
                """);
        return bindPlan(query, campaign)
                .bind("labeler", labeler)
                .mapTo(Long.class)
                .one();
    }
}
