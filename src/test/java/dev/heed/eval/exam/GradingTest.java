package dev.heed.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.eval.exam.ExamResult.Candidate;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradingTest {
    private static final Population NOBODY = new Population(List.of());

    private static Marked marked(String subject, double... points) {
        ExamItem item = new ExamItem("q", subject, "Q?", new Words(List.of("a")), "", "here");
        return new Marked(
                item, null, -1, Arrays.stream(points).mapToObj(p -> "x").toList(), points, Double.NaN);
    }

    private static Candidate graded(List<Marked> marked, double passMark) {
        Paper paper = new Paper(
                "p",
                marked.stream().map(Marked::item).toList(),
                List.of(new Paper.Section("law", 3), new Paper.Section("ethics", 1)),
                passMark);
        return new Grading(paper, Way.PLAIN, 10, new Bootstrap(1, 200)).of("m", marked, new double[0], NOBODY);
    }

    @Test
    void theScoreIsTheSectionsMeanByWeight() {
        Candidate candidate = graded(List.of(marked("law: a", 1), marked("law: b", 0), marked("ethics", 1)), .6);
        ExamResult.ScoreReport report = java.util.Objects.requireNonNull(candidate.report());
        assertThat(report.score().mean()).isCloseTo(.75 * .5 + .25 * 1, within(1e-12));
        assertThat(report.passed()).isTrue();
        assertThat(report.parts()).extracting(ExamResult.Part::questions).containsExactly(2, 1);
        assertThat(report.percentile().known()).isFalse();
        assertThat(java.util.Objects.requireNonNull(graded(List.of(marked("law", 0), marked("ethics", 1)), .6)
                                .report())
                        .passed())
                .isFalse();
    }

    @Test
    void subjectsAreToldInGroupsAndParts() {
        Candidate candidate = graded(List.of(marked("law: b", 1), marked("law: a", 0), marked("ethics", 1)), .6);
        assertThat(candidate.subjects())
                .extracting(ExamResult.Subject::name)
                .containsExactly("law", "law: a", "law: b", "ethics");
        assertThat(candidate.subjects().get(0).accuracy()).isEqualTo(Interval.wilson(1, 2));
        assertThat(candidate.accuracy()).isEqualTo(Interval.wilson(2, 3));
    }

    @Test
    void passAtKComesFromSeveralSamples() {
        Candidate candidate = graded(List.of(marked("law", 1, 0, 0, 0), marked("ethics", 0, 0, 0, 0)), .6);
        assertThat(candidate.passAtK()).extracting(ExamResult.PassAt::k).containsExactly(1, 2, 4);
        assertThat(candidate.passAtK()).extracting(at -> at.share().mean()).containsExactly(.125, .25, .5);
    }

    @Test
    void resultsArePartedByWhatTheTrainingTextHas() {
        List<Marked> marked = List.of(marked("law", 1), marked("law", 0), marked("ethics", 1));
        Candidate candidate = new Grading(
                        Paper.ungraded("p", marked.stream().map(Marked::item).toList()),
                        Way.PLAIN,
                        10,
                        new Bootstrap(1, 200))
                .of("m", marked, new double[] {.5, 0, 0}, NOBODY);
        assertThat(candidate.dirty()).isEqualTo(Interval.wilson(1, 1));
        assertThat(candidate.clean()).isEqualTo(Interval.wilson(1, 2));
    }

    // ---- among others ----

    private static Population of(double... scores) {
        return new Population(IntStream.range(0, scores.length)
                .mapToObj(i -> new Population.Candidate("e", "m" + i, "h" + i, scores[i]))
                .toList());
    }

    @Test
    void thePercentileIsTheShareThatScoresLessAndEqualsAreHalf() {
        Population four = of(.1, .5, .5, .9);
        assertThat(four.percentile(new Interval(.5, .4, .95))).isEqualTo(new Interval(.5, .25, 1));
        assertThat(four.without("h0").candidates()).hasSize(3);
    }

    @Test
    void aHomeRemembersEachModelOnceAndOtherExamsApart(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("exams").resolve("population.jsonl");
        Population.remember(file, new Population.Candidate("test of a test", "old", "h", .2));
        Population.remember(file, new Population.Candidate("test of a test", "new", "h", .3));
        Population.remember(file, new Population.Candidate("another", "x", "h", .9));
        assertThat(Population.of("test of a test", file).candidates())
                .containsExactly(new Population.Candidate("test of a test", "new", "h", .3));
        Files.writeString(file, "{\"exam\": 1\n");
        assertThatThrownBy(() -> Population.of("another", file))
                .hasMessageContaining(file + " line 1 is no result of an exam");
    }

    @Test
    void thoseThatComeWithHeedSatTheGradedExamOnce() {
        List<Population.Candidate> bundled =
                Population.of("valley", Path.of("no such file")).candidates();
        assertThat(bundled).hasSizeGreaterThanOrEqualTo(12).allSatisfy(c -> assertThat(c.score())
                .isBetween(0.0, 1.0));
        assertThat(bundled).extracting(Population.Candidate::hash).doesNotHaveDuplicates();
    }
}
