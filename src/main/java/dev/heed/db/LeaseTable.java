package dev.heed.db;

import dev.heed.feedback.Asked;
import dev.heed.feedback.Asked.ChosenBy;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Who holds which comparison, in SQL. What is held counts as answered for everyone else. */
final class LeaseTable {
    static final Duration LASTS = Duration.ofMinutes(10);

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
                        select l.comparison from lease l
                        where l.labeler = :labeler and l.comparison not in (<known>)
                        and (select c.campaign from comparison c where c.id = l.comparison) = :campaign
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
    static List<Long> orNone(Collection<Long> ids) {
        return ids.isEmpty() ? List.of(0L) : List.copyOf(ids);
    }

    /** Answers of this labeler since a time, in any campaign, and corrections. */
    static long saidSince(Handle handle, String labeler, Instant since) {
        return handle.createQuery("select count(*) from preference where labeler = :labeler and answered_at >= :since")
                .bind("labeler", labeler)
                .bind("since", Timestamps.of(since))
                .mapTo(Long.class)
                .one();
    }

    /** Answers of this labeler in this campaign since a time. */
    static long answeredSince(Handle handle, String labeler, Campaign campaign, Instant since) {
        return handle.createQuery(
                        """
                        select count(*) from preference p
                        where p.labeler = :labeler and p.answered_at >= :since and p.revision = 0
                        and (select c.campaign from comparison c where c.id = p.comparison) = :campaign
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
        return handle.createQuery(
                                """
                                select count(*) from comparison c where c.id = :comparison and c.campaign = :campaign
                                and c.answers + (select count(*) from lease l where l.comparison = c.id)
                                    >= case when c.disputed then :ifDisputed else :answers end
                                """)
                        .bind("comparison", comparison.id())
                        .bind("campaign", campaign.id())
                        .bind("answers", campaign.plan().answers())
                        .bind("ifDisputed", campaign.plan().answersIfDisputed())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }
}
