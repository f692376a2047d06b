package dev.heed.quality;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Preference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A ranking or a rating that labelers give too far apart, see {@link dev.heed.feedback.Form#disputed}.
 *
 * @param labelers who answered it
 * @param spread how far the two lie apart that lie farthest apart; 1 is what chance makes of it
 */
public record Dispute(long comparison, Kind kind, int labelers, double spread) {
    private static final Comparator<Dispute> WIDEST =
            Comparator.comparingDouble(Dispute::spread).reversed().thenComparing(Dispute::comparison);

    /** Of each kind the widest first, and at most so many. */
    static List<Dispute> of(Map<Long, Comparison> comparisons, List<Preference> preferences, int most) {
        Map<Long, List<Judgement>> said = new LinkedHashMap<>();
        for (Preference preference : preferences) {
            if (preference.grades() != null && preference.answer() != Answer.SKIP) {
                said.computeIfAbsent(preference.comparison(), first -> new ArrayList<>())
                        .add(preference.judgement());
            }
        }
        List<Dispute> disputes = new ArrayList<>();
        said.forEach((id, judgements) -> {
            Comparison comparison = Objects.requireNonNull(comparisons.get(id));
            if (comparison.form().disputed(judgements)) {
                disputes.add(new Dispute(
                        id,
                        comparison.kind(),
                        judgements.size(),
                        comparison.form().spread(judgements)));
            }
        });
        List<Dispute> widest = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            disputes.stream()
                    .filter(one -> one.kind() == kind)
                    .sorted(WIDEST)
                    .limit(most)
                    .forEach(widest::add);
        }
        return List.copyOf(widest);
    }
}
