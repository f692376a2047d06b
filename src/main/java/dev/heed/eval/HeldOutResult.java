package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A reward model on the preferences that nothing learned from, all in all and one by one.
 *
 * @param comparisons that someone decided
 * @param prompts they are about
 * @param preferences that were given, without ties
 * @param byKind accuracy by which sort of prompt it was
 * @param hardest what it is surest of while most labelers prefer the other; at most {@link #MOST_SHOWN}
 * @param contradicted what divides labelers most, then what it is surest of; at most {@link #MOST_SHOWN}
 */
public record HeldOutResult(
        int comparisons,
        int prompts,
        int preferences,
        RewardAccuracy measured,
        HumanAgreement people,
        Map<String, Interval> byKind,
        List<HeldOut> hardest,
        List<HeldOut> contradicted) {
    private static final int MOST_SHOWN = 20;

    /** Measures; empty where nobody decided anything. */
    public static Optional<HeldOutResult> of(List<HeldOut> all, Bootstrap bootstrap) {
        List<HeldOut> decided =
                all.stream().filter(one -> one.forFirst() + one.forSecond() > 0).toList();
        if (decided.isEmpty()) {
            return Optional.empty();
        }
        List<RewardAccuracy.Judged> judged =
                decided.stream().flatMap(HeldOut::judged).toList();
        return Optional.of(new HeldOutResult(
                decided.size(),
                (int) decided.stream().map(HeldOut::prompt).distinct().count(),
                judged.size(),
                RewardAccuracy.of(judged, bootstrap),
                HumanAgreement.of(decided, bootstrap),
                byKind(decided, bootstrap),
                hardest(decided),
                contradicted(decided)));
    }

    private static Map<String, Interval> byKind(List<HeldOut> decided, Bootstrap bootstrap) {
        Map<String, List<RewardAccuracy.Judged>> kinds = decided.stream()
                .collect(Collectors.groupingBy(
                        HeldOut::kind, TreeMap::new, Collectors.flatMapping(HeldOut::judged, Collectors.toList())));
        Map<String, Interval> accuracy = new TreeMap<>();
        kinds.forEach((kind, of) -> accuracy.put(kind, RewardAccuracy.accuracy(of, bootstrap)));
        return accuracy;
    }

    private static List<HeldOut> hardest(List<HeldOut> decided) {
        return decided.stream()
                .filter(HeldOut::wrong)
                .sorted(Comparator.comparingDouble((HeldOut one) -> -one.sureness())
                        .thenComparing(HeldOut::comparison))
                .limit(MOST_SHOWN)
                .toList();
    }

    private static List<HeldOut> contradicted(List<HeldOut> decided) {
        return decided.stream()
                .filter(one -> one.forFirst() * one.forSecond() > 0)
                .sorted(Comparator.comparingInt((HeldOut one) -> -one.forFirst() * one.forSecond())
                        .thenComparing(one -> -one.sureness())
                        .thenComparing(HeldOut::comparison))
                .limit(MOST_SHOWN)
                .toList();
    }
}
