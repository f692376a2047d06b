package dev.heed.quality;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Known;
import dev.heed.feedback.Preference;
import dev.heed.quality.DawidSkene.Said;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the labels can be trusted.
 *
 * @param comparisons how many have an answer; of a ranking every two, which the intervals take for independent of each other
 * @param answers to them, without skips
 * @param agreed how far all labelers agree
 * @param labelers each of them, by name
 * @param axes how far they rate the same, on each axis that anybody rated on
 * @param raters each who rated, on each of these
 * @param pairs two and two, those who share most first; at most {@link #MOST_PAIRS}
 * @param disputed the comparisons of two that divide labelers most, for adjudication; at most {@link #MOST_DISPUTED}
 * @param disputedGrades rankings and ratings likewise, so many of each
 * @param consensus of each comparison of two, by id; not part of the JSON, as it is as long as the labels
 */
public record Quality(
        long comparisons,
        long answers,
        Agreed agreed,
        List<LabelerQuality> labelers,
        List<AxisAgreement> axes,
        List<RaterQuality> raters,
        List<PairAgreement> pairs,
        List<Consensus> disputed,
        List<Dispute> disputedGrades,
        @JsonIgnore List<Consensus> consensus) {
    private static final int MOST_PAIRS = 200;
    private static final int MOST_DISPUTED = 50;
    private static final int RESAMPLES = 400; // an interval's bounds then waver by some hundredths of its width
    private static final double SMOOTHING = 1; // answers

    public Quality {
        labelers = List.copyOf(labelers);
        axes = List.copyOf(axes);
        raters = List.copyOf(raters);
        pairs = List.copyOf(pairs);
        disputed = List.copyOf(disputed);
        disputedGrades = List.copyOf(disputedGrades);
        consensus = List.copyOf(consensus);
    }

    /**
     * Measures.
     *
     * @param preferences current ones; read before the comparisons, so that none is about one that was not there yet
     * @param gold right answers by comparison; may be empty
     * @throws IllegalArgumentException if a preference is about none of the comparisons
     */
    public static Quality of(
            List<Comparison> comparisons, List<Preference> preferences, Map<Long, Known> gold, long seed) {
        Bootstrap bootstrap = new Bootstrap(seed, RESAMPLES);
        Map<Long, Comparison> byId = new HashMap<>(2 * comparisons.size());
        comparisons.forEach(comparison -> byId.put(comparison.id(), comparison));
        Sheet sheet = Sheet.of(byId, preferences);
        Pairings pairings = Pairings.of(sheet);
        Answered answered = sheet.items().isEmpty() ? Answered.NOTHING : Answered.of(sheet, gold, bootstrap);
        return new Quality(
                sheet.items().size(),
                sheet.answers(),
                Agreed.of(sheet, pairings, bootstrap),
                answered.labelers(),
                AxisAgreement.of(preferences, bootstrap),
                RaterQuality.of(byId, preferences, gold),
                pairings.agreements(sheet.labelers(), MOST_PAIRS, bootstrap),
                Consensus.disputed(answered.consensus(), MOST_DISPUTED),
                Dispute.of(byId, preferences, MOST_DISPUTED),
                answered.consensus());
    }

    /** What is known of whoever answered, and of what they together say. */
    private record Answered(List<LabelerQuality> labelers, List<Consensus> consensus) {
        static final Answered NOTHING = new Answered(List.of(), List.of());

        static Answered of(Sheet sheet, Map<Long, Known> gold, Bootstrap bootstrap) {
            DawidSkene truth = DawidSkene.fit(
                    sheet.items().stream().map(Quality::said).toList(),
                    sheet.labelers().size(),
                    Vote.COUNT,
                    SMOOTHING);
            return new Answered(Quality.labelers(sheet, truth, gold, bootstrap), Consensus.of(sheet.items(), truth));
        }
    }

    private static List<Said> said(Sheet.Item item) {
        return item.given().stream()
                .map(one -> new Said(one.labeler(), one.vote().column()))
                .toList();
    }

    private static List<LabelerQuality> labelers(
            Sheet sheet, DawidSkene truth, Map<Long, Known> gold, Bootstrap bootstrap) {
        Map<Integer, Figure> repeats = Repeats.of(sheet);
        List<Figure> tastes = LengthTaste.of(sheet);
        List<List<Sheet.Own>> own = sheet.own();
        List<LabelerQuality> labelers = new ArrayList<>();
        for (int l = 0; l < own.size(); l++) {
            labelers.add(new LabelerStatistics(own.get(l), bootstrap)
                    .measure(
                            sheet.labelers().get(l),
                            sheet.skipped()[l],
                            repeats.getOrDefault(l, Figure.undefined(0, Repeats.NONE)),
                            tastes.get(l),
                            gold,
                            alone(own.get(l)) ? null : truth.reliability(l)));
        }
        return labelers;
    }

    /** Whether nobody else answered what this labeler did: then nothing bears the labeler out. */
    private static boolean alone(List<Sheet.Own> own) {
        return own.stream().allMatch(one -> one.item().given().size() == 1);
    }
}
