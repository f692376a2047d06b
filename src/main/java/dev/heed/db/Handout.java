package dev.heed.db;

import dev.heed.feedback.Asked.ChosenBy;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Plan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jdbi.v3.core.Handle;

/**
 * Who is asked what: each question is chosen by one of five ways, by the shares of the campaign's plan, and leased to the
 * labeler. In one transaction at a time, so that no comparison is ever asked of more labelers than it wants.
 */
final class Handout {
    private static final int ANSWERS_BEFORE_A_REPEAT = 20;

    private final Handle handle;
    private final String labeler;
    private final Campaign campaign;
    private final Instant now;
    private final DoubleSupplier lots;
    private final Set<Long> taken;
    private final Map<Long, ChosenBy> chosen = new LinkedHashMap<>();

    /**
     * @param held what the labeler has before them
     * @param lots uniform draws from [0, 1)
     */
    Handout(Handle handle, String labeler, Campaign campaign, Set<Long> held, Instant now, DoubleSupplier lots) {
        this.handle = handle;
        this.labeler = labeler;
        this.campaign = campaign;
        this.now = now;
        this.lots = lots;
        this.taken = new HashSet<>(held);
    }

    /**
     * Numbers of what to ask next, each leased.
     *
     * @param written receives a line for each comparison that had to be made: repeats
     */
    List<Long> next(int limit, Written written) {
        LeaseTable.renew(handle, labeler, taken, now);
        List<Long> again = LeaseTable.forgotten(handle, labeler, campaign, taken);
        List<Long> next = new ArrayList<>(again.subList(0, Math.min(limit, again.size())));
        taken.addAll(again);
        LeaseTable.renew(handle, labeler, next, now);
        choose(leftToday(limit - next.size()), written);
        chosen.forEach((comparison, by) -> LeaseTable.give(handle, labeler, comparison, by, now));
        next.addAll(chosen.keySet());
        return next;
    }

    /** How many of those that are wanted the labeler may be asked today. */
    private int leftToday(int wanted) {
        int most = campaign.plan().dailyMost();
        if (most == 0) {
            return wanted;
        }
        Instant midnight = now.truncatedTo(ChronoUnit.DAYS);
        int left = most - taken.size();
        // To know the campaign of each, all that were answered are looked up: not while even all of them are few
        // enough.
        return LeaseTable.saidSince(handle, labeler, midnight) + wanted <= left
                ? wanted
                : (int) Math.max(
                        0, Math.min(wanted, left - LeaseTable.answeredSince(handle, labeler, campaign, midnight)));
    }

    private void choose(int count, Written written) {
        int needed = 0;
        for (int i = 0; i < count; i++) {
            List<Long> found = byShare(written);
            found.forEach(taken::add);
            needed += found.isEmpty() ? 1 : 0;
        }
        keep(CandidateTable.needed(handle, labeler, campaign, taken, needed), ChosenBy.NEED);
    }

    /** One by whichever way the lot falls on; none where it falls on need, or that way has nothing. */
    private List<Long> byShare(Written written) {
        Plan plan = campaign.plan();
        double lot = lots.getAsDouble();
        if ((lot -= plan.gold()) < 0) {
            return keep(CandidateTable.gold(handle, labeler, campaign, taken, 1, lots.getAsDouble()), ChosenBy.GOLD);
        }
        if ((lot -= plan.repeats()) < 0) {
            return keep(repeat(written), ChosenBy.REPEAT);
        }
        if ((lot -= plan.random()) < 0) {
            return keep(CandidateTable.byLot(handle, labeler, campaign, taken, lots.getAsDouble()), ChosenBy.RANDOM);
        }
        if (lot - plan.uncertain() < 0) {
            return keep(CandidateTable.uncertain(handle, labeler, campaign, taken, 1), ChosenBy.UNCERTAINTY);
        }
        return List.of();
    }

    private List<Long> keep(List<Long> found, ChosenBy by) {
        found.forEach(comparison -> chosen.put(comparison, by));
        return found;
    }

    private List<Long> repeat(Written written) {
        List<Comparison> swapped =
                CandidateTable.repeatable(handle, labeler, campaign, ANSWERS_BEFORE_A_REPEAT, 1).stream()
                        .map(id -> again(ComparisonTable.find(handle, id).orElseThrow()))
                        .toList();
        return ComparisonTable.add(handle, swapped, written).stream()
                .map(Comparison::id)
                .toList();
    }

    private Comparison again(Comparison original) {
        return original.swapped().with(0).with(new Asking(campaign.id(), new Asking.Repeat(original.id(), labeler)));
    }
}
