package dev.heed.eval.report;

import dev.heed.eval.exam.Asking;
import dev.heed.eval.exam.ExamResult;
import dev.heed.eval.exam.Grading;
import dev.heed.eval.exam.Marked;
import dev.heed.eval.exam.OptionScores;
import dev.heed.eval.exam.Paper;
import dev.heed.eval.exam.Population;
import dev.heed.eval.exam.Way;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Draws;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** An invented exam of three models, for looking at its page; nobody sat it. */
final class InventedExam {
    private InventedExam() {}

    static ExamResult graded() {
        List<Marked> marked = marked(0.3);
        Paper paper = new Paper(
                "invented",
                marked.stream().map(Marked::item).toList(),
                List.of(new Paper.Section("chosen", 2), new Paper.Section("written", 1)),
                .6);
        Grading grading = new Grading(paper, Way.PLAIN, 10, new Bootstrap(1, 200));
        Population others = new Population(List.of(
                new Population.Candidate("invented", "a", "a", .3),
                new Population.Candidate("invented", "b", "b", .7)));
        double[] overlap = new double[marked.size()];
        overlap[0] = .5;
        return new ExamResult(
                "invented",
                1,
                marked.size(),
                2,
                new ExamResult.Conditions(
                        Asking.Form.CHAT,
                        Asking.Listing.TEXT,
                        Way.PLAIN,
                        0,
                        4,
                        .7,
                        64,
                        10,
                        new ExamResult.Overlap(13, .1, .05)),
                List.of(
                        grading.of("base", marked, overlap, others),
                        grading.of("sft", marked(0.6), overlap, others),
                        grading.of("ppo-1 <b>", marked(0.9), overlap, others)));
    }

    private static List<Marked> marked(double skill) {
        List<Marked> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            SplittableRandom random = Draws.of(1, "invented exam " + skill, i);
            int right = random.nextInt(4);
            double[] scores = random.doubles(4).map(x -> 3 * x).toArray();
            scores[right] += 4 * skill;
            ExamItem item = new ExamItem(
                    "c" + i,
                    "chosen: part " + i % 3,
                    "Which?",
                    new Choice(List.of("a", "b", "c", "d"), right, (right + 1) % 4),
                    "",
                    "");
            OptionScores found = new OptionScores(scores, new double[4], new int[] {1, 1, 1, 1});
            all.add(new Marked(item, found, scores[right] - 5, List.of(), new double[0], Double.NaN));
        }
        for (int i = 0; i < 20; i++) {
            SplittableRandom random = Draws.of(2, "invented exam " + skill, i);
            double[] points = random.doubles(4).map(x -> x < skill ? 1 : 0).toArray();
            ExamItem item = new ExamItem("w" + i, "written", "Why <i>?", new Words(List.of("because")), "", "");
            all.add(new Marked(item, null, -3, List.of("<script>alert(1)</script>", "b", "c", "d"), points, .25));
        }
        return all;
    }
}
