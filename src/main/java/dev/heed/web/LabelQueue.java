package dev.heed.web;

import dev.heed.db.Feedback;
import dev.heed.feedback.Comparison;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who is asked what. Two labelers at work at the same time get different comparisons as long as there are enough: what
 * one was handed goes to the end of the other's list until it is answered or a while has passed.
 */
final class LabelQueue {
    private static final Duration HANDED_OUT_FOR = Duration.ofMinutes(3);

    private final Feedback feedback;
    private final int answers;
    private final InstantSource clock;
    private final ReentrantLock asking = new ReentrantLock(true);
    private final Map<Long, Lease> leases = new HashMap<>();

    LabelQueue(Feedback feedback, int answers, InstantSource clock) {
        this.feedback = feedback;
        this.answers = answers;
        this.clock = clock;
    }

    /** @param except what the labeler holds already, or has answered without our knowing */
    List<Comparison> next(String labeler, int limit, Set<Long> except) {
        asking.lock();
        try {
            Instant now = clock.instant();
            leases.values().removeIf(lease -> lease.until().isBefore(now));
            List<Comparison> next = feedback.open(labeler, limit + except.size() + leases.size(), answers).stream()
                    .filter(comparison -> !except.contains(comparison.id()))
                    .sorted(Comparator.comparing(comparison -> isWithAnother(labeler, comparison)))
                    .limit(limit)
                    .toList();
            next.forEach(c -> leases.putIfAbsent(c.id(), new Lease(labeler, now.plus(HANDED_OUT_FOR))));
            return next;
        } finally {
            asking.unlock();
        }
    }

    private boolean isWithAnother(String labeler, Comparison comparison) {
        Lease lease = leases.get(comparison.id());
        return lease != null && !lease.labeler().equals(labeler);
    }

    /** How many comparisons this labeler could still answer. */
    long remaining(String labeler) {
        return feedback.remaining(labeler, answers);
    }

    private record Lease(String labeler, Instant until) {}
}
