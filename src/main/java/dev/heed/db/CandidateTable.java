package dev.heed.db;

import dev.heed.db.StandingTable.Open;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * What a labeler may be asked, in SQL. Most comparisons have all their answers, so those that are equally far are looked at
 * together, and only where there are some for this labeler.
 */
final class CandidateTable {
    // Of those that are equally far. Those whose answer is known are asked by the share of gold alone.
    private static final String MAY_BE_ASKED =
            """
            select c.id, c.urgency, c.round from comparison c
            where c.campaign = :campaign and c.answers = :answers and c.disputed = :disputed
            and c.original is null and c.id not in (<taken>)
            and not exists (select 1 from gold k where k.comparison = c.id)
            and not exists (select 1 from preference mine where mine.comparison = c.id and mine.labeler = :labeler)
            and (select count(*) from lease l where l.comparison = c.id and l.labeler <> :labeler) < :places
            """;
    // As the indexes have them, with what is the same for all.
    private static final String MOST_URGENT_FIRST =
            "order by c.campaign, c.answers, c.disputed, c.urgency desc, c.round desc, c.id";
    private static final String FROM_A_LOT =
            "and c.content >= :from order by c.campaign, c.disputed, c.answers, c.content";
    private static final String UP_TO_A_LOT =
            "and c.content < :from order by c.campaign, c.disputed, c.answers, c.content";

    private CandidateTable() {}

    /** A comparison that may be asked. */
    private record Candidate(long id, double urgency, int round) {
        private static final Comparator<Candidate> MOST_URGENT = Comparator.comparing(Candidate::urgency)
                .thenComparing(Candidate::round)
                .reversed()
                .thenComparing(Candidate::id);
    }

    /** What was begun is finished first, then the most urgent, as the loop has it. */
    static List<Long> needed(Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit) {
        List<Long> needed = new ArrayList<>();
        List<Open> open = limit == 0 ? List.of() : StandingTable.open(handle, labeler, campaign);
        for (int from = 0; from < open.size() && needed.size() < limit; ) {
            int answers = open.get(from).level().answers();
            List<Open> equal = open.subList(from, open.size()).stream()
                    .filter(one -> one.level().answers() == answers)
                    .toList();
            needed.addAll(mostUrgent(handle, labeler, campaign, equal, taken, limit - needed.size()));
            from += equal.size();
        }
        return needed;
    }

    /** The most urgent first, however many answers they have. */
    static List<Long> uncertain(Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit) {
        return mostUrgent(handle, labeler, campaign, StandingTable.open(handle, labeler, campaign), taken, limit);
    }

    private static List<Long> mostUrgent(
            Handle handle, String labeler, Campaign campaign, List<Open> open, Collection<Long> taken, int limit) {
        return open.stream()
                .flatMap(one -> candidates(handle, labeler, campaign, one, taken, MOST_URGENT_FIRST)
                        .bind("limit", limit)
                        .map((row, context) ->
                                new Candidate(row.getLong("id"), row.getDouble("urgency"), row.getInt("round")))
                        .list()
                        .stream())
                .sorted(Candidate.MOST_URGENT)
                .limit(limit)
                .map(Candidate::id)
                .toList();
    }

    /**
     * Any one. Comparisons are drawn by their hashes, which have nothing to do with when they came or what they ask.
     *
     * @param lot a uniform draw from [0, 1)
     */
    static List<Long> byLot(Handle handle, String labeler, Campaign campaign, Collection<Long> taken, double lot) {
        List<Open> open = StandingTable.open(handle, labeler, campaign);
        double left = lot * open.stream().mapToLong(Open::comparisons).sum();
        int at = 0;
        while (at < open.size() - 1 && left >= open.get(at).comparisons()) {
            left -= open.get(at++).comparisons();
        }
        for (int i = 0; i < open.size(); i++) { // those that the lot fell on, or where others hold all of them, others
            Open one = open.get((at + i) % open.size());
            double share = Math.min(1, left / open.get(at).comparisons());
            List<Long> found = byLot(handle, labeler, campaign, one, taken, share);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static List<Long> byLot(
            Handle handle, String labeler, Campaign campaign, Open open, Collection<Long> taken, double share) {
        String from = "%08x".formatted((long) (share * 0xffff_ffffL));
        return Stream.of(FROM_A_LOT, UP_TO_A_LOT)
                .flatMap(order -> candidates(handle, labeler, campaign, open, taken, order)
                        .bind("from", from)
                        .bind("limit", 1)
                        .map((row, context) -> row.getLong("id"))
                        .list()
                        .stream())
                .limit(1)
                .toList();
    }

    private static Query candidates(
            Handle handle, String labeler, Campaign campaign, Open open, Collection<Long> taken, String order) {
        StandingTable.Level level = open.level();
        Plan plan = campaign.plan();
        return handle.createQuery(MAY_BE_ASKED + order + " fetch first :limit rows only")
                .bind("campaign", level.campaign())
                .bind("answers", level.answers())
                .bind("disputed", level.disputed())
                .bind("places", (level.disputed() ? plan.answersIfDisputed() : plan.answers()) - level.answers())
                .bind("labeler", labeler)
                .bindList("taken", LeaseTable.orNone(taken));
    }

    /** Those whose right answer is known and this labeler's is not. */
    static List<Long> gold(
            Handle handle, String labeler, Campaign campaign, Collection<Long> taken, int limit, double lot) {
        List<Long> all = handle.createQuery(
                        """
                        select k.comparison from gold k
                        where k.comparison not in (<taken>)
                        and (select c.campaign from comparison c where c.id = k.comparison) = :campaign
                        and not exists (
                            select 1 from preference mine
                            where mine.comparison = k.comparison and mine.labeler = :labeler)
                        order by k.comparison
                        """)
                .bind("campaign", campaign.id())
                .bind("labeler", labeler)
                .bindList("taken", LeaseTable.orNone(taken))
                .mapTo(Long.class)
                .list();
        int from = (int) (lot * all.size());
        List<Long> turned = new ArrayList<>(all.subList(from, all.size()));
        turned.addAll(all.subList(0, from));
        return turned.subList(0, Math.min(limit, turned.size()));
    }

    /** What this labeler answered a while ago and was not asked again, the latest first. */
    static List<Long> repeatable(Handle handle, String labeler, Campaign campaign, int since, int limit) {
        return handle.createQuery(
                        """
                        select p.comparison from preference p
                        where p.labeler = :labeler and p.replaces is null and p.answer <> 'SKIP'
                        and (select c.campaign from comparison c
                             where c.id = p.comparison and c.original is null) = :campaign
                        and not exists (
                            select 1 from comparison again
                            where again.original = p.comparison and again.repeat_for = :labeler)
                        and p.row_number < (
                            select later.row_number from preference later where later.labeler = :labeler
                            order by later.labeler, later.row_number desc
                            offset :since rows fetch first 1 row only)
                        order by p.labeler, p.row_number desc fetch first :limit rows only
                        """)
                .bind("labeler", labeler)
                .bind("campaign", campaign.id())
                .bind("since", since - 1)
                .bind("limit", limit)
                .mapTo(Long.class)
                .list();
    }
}
