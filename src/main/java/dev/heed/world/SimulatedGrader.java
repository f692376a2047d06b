package dev.heed.world;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Ranks or rates the completions of one comparison as a simulated labeler would. It makes up its mind about each once: what
 * that is worth, in nats, and Gumbel noise; so of every two the better one comes first with the probability that the labeler
 * has for a pair (Plackett–Luce).
 */
record SimulatedGrader(SimulatedLabeler labeler, Comparison comparison, RandomGenerator random) {
    private static final int MIDDLE = 4; // of 1 to 7
    private static final double PER_NAT = 2;
    private static final int HIGHEST = 7;

    Preference answer(Instant at) {
        int count = comparison.form().completions();
        List<Integer> shown = Arrays.stream(Draws.permutation(count, random.nextLong(), "order", 0))
                .boxed()
                .toList();
        double[] worths = worths(shown);
        boolean ranks = comparison.kind() == Kind.RANKING;
        Grades grades =
                new Grades(shown, ranks ? ranks(worths) : List.of(), ranks ? Map.of() : ratings(comparison, worths));
        return new Preference(
                SimulatedLabeler.id(random),
                comparison.id(),
                labeler.name(),
                ranks ? Answer.RANKED : Answer.RATED,
                grades.showedBefore(1, 0),
                labeler.shownMs(comparison, random),
                at,
                null,
                Note.NONE,
                Asked.PLAINLY,
                grades);
    }

    /** What each completion is worth; where it does not read, anything, or the earlier the better. */
    private double[] worths(List<Integer> shown) {
        Faults faults = labeler.faults();
        double lot = random.nextDouble();
        double[] worths = new double[shown.size()];
        for (int i = 0; i < worths.length; i++) {
            Completion completion = comparison.completions().get(i);
            double early = 0.5 - shown.indexOf(i) / (worths.length - 1.0); // the first and the last lie one apart
            double read = labeler.judge().judge(comparison.prompt(), completion).score() / faults.temperature()
                    + faults.lengthBias() * Grammar.words(completion.text())
                    + faults.positionBias() * early;
            double noise = -Math.log(-Math.log(Math.max(Double.MIN_NORMAL, random.nextDouble())));
            worths[i] = lot < faults.careless() ? noise : lot < faults.unread() ? early : read + noise;
        }
        return worths;
    }

    /** By worth. Neighbours change places where it slips, and are a tie the sooner, the nearer they are. */
    private List<Integer> ranks(double[] worths) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, worths.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -worths[i]))
                .toList());
        for (int place = 1; place < order.size(); place++) {
            if (random.nextDouble() < labeler.faults().errorRate()) {
                Collections.swap(order, place - 1, place);
            }
        }
        Integer[] ranks = new Integer[worths.length];
        int rank = 1;
        for (int place = 0; place < order.size(); place++) {
            double gap = place == 0 ? 0 : worths[order.get(place - 1)] - worths[order.get(place)];
            boolean tie = random.nextDouble() < SimulatedLabeler.TIES_WHEN_EQUAL * Math.exp(-Math.abs(gap));
            rank += place == 0 || tie ? 0 : 1;
            ranks[order.get(place)] = rank;
        }
        return List.of(ranks);
    }

    /** The same on every axis: around the middle, two numbers for each nat above the others' mean. */
    private static Map<String, List<Integer>> ratings(Comparison comparison, double[] worths) {
        double mean = Arrays.stream(worths).average().orElseThrow();
        List<Integer> given = Arrays.stream(worths)
                .mapToObj(worth -> (int) Math.max(1, Math.min(HIGHEST, Math.round(MIDDLE + PER_NAT * (worth - mean)))))
                .toList();
        Map<String, List<Integer>> ratings = new LinkedHashMap<>();
        comparison.axes().forEach(axis -> ratings.put(axis, given));
        return ratings;
    }
}
