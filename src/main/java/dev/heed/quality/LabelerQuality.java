package dev.heed.quality;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one labeler's answers show. Shares are in [0, 1]; an answer is decided where it prefers a side.
 *
 * @param answers without skips
 * @param medianSeconds that a question was looked at; null where that was never measured
 * @param fast share of the answers, of those with a time, that took less than {@link LabelerStatistics#FAST_MS}
 * @param left share of the decided answers that are for the text on the left: half, as sides are shown at random
 * @param longer share of the decided answers that are for the longer text, where one is longer
 * @param longerThanOthers how much more often than others on the same comparisons, a difference of shares; see
 *     {@link LengthTaste}
 * @param neither share of ties and both-bad among answers
 * @param skipped share of skips among all that was asked
 * @param gold share of answers that are as expected, where that is known; of a ranking, of every two
 * @param consistency share of answers to a question that are as this labeler's last to the same question; of a ranking, of
 *     every two
 * @param agreement share of the others' answers to the same comparisons that are equal
 * @param kappa the same beyond chance, Cohen's, with all others as one
 * @param reliability how probably an answer is what is true, by {@link DawidSkene}; null where nobody else
 *     answered the same
 */
public record LabelerQuality(
        String labeler,
        long answers,
        @Nullable Double medianSeconds,
        Figure fast,
        Figure left,
        Figure longer,
        Figure longerThanOthers,
        Figure neither,
        Figure skipped,
        Figure gold,
        Figure consistency,
        Figure agreement,
        Figure kappa,
        @Nullable Double reliability,
        List<Flag> flags) {
    public LabelerQuality {
        flags = List.copyOf(flags);
    }

    LabelerQuality flagged(List<Flag> found) {
        return new LabelerQuality(
                labeler,
                answers,
                medianSeconds,
                fast,
                left,
                longer,
                longerThanOthers,
                neither,
                skipped,
                gold,
                consistency,
                agreement,
                kappa,
                reliability,
                found);
    }

    /** Whether a flag of that kind was raised. */
    public boolean has(Flag.Kind kind) {
        return flags.stream().anyMatch(flag -> flag.kind() == kind);
    }
}
