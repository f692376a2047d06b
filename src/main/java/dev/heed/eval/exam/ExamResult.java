package dev.heed.eval.exam;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.quality.Interval;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code heed exam --json} prints.
 *
 * @param exam its name
 * @param leftOut questions that were not asked: bad ones, or ones that did not fit a model's context
 * @param models in the order in which they were named, which is that of their stages
 */
public record ExamResult(
        String exam, long seed, int questions, int leftOut, Conditions conditions, List<Candidate> models) {
    public ExamResult {
        models = List.copyOf(models);
    }

    /** How it was asked. */
    public record Conditions(
            Asking.Form form,
            Asking.Listing listing,
            Way way,
            int shots,
            int samples,
            double temperature,
            int maxTokens,
            int bins,
            @Nullable Overlap overlap) {}

    /**
     * What the training text has of the exam.
     *
     * @param words of a run
     * @param dirty share of the questions of which it has a run
     * @param share mean share of a question's runs
     */
    public record Overlap(int words, double dirty, double share) {}

    /**
     * A model's result.
     *
     * @param accuracy mean points, in the way that counts
     * @param byWay share of right choices in each way; none without choices
     * @param subjects in order of their names; first those that several parts make up
     * @param passAtK of written answers; none to a single sample
     * @param clean mean points on questions of which the training text has nothing; null where none was looked at
     * @param dirty on the others
     * @param keyNats mean −log probability of the keys' own answers, nats
     * @param reliability null without choices
     * @param report null where the exam is not graded
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Candidate(
            String name,
            Interval accuracy,
            Map<Way, Interval> byWay,
            List<Subject> subjects,
            List<PassAt> passAtK,
            @Nullable Interval clean,
            @Nullable Interval dirty,
            Interval keyNats,
            @Nullable Reliability reliability,
            @Nullable ScoreReport report,
            List<Sample> samples) {}

    /**
     * One subject.
     *
     * @param tempted share of answers that say what the question tempts to; NaN where nothing does
     */
    public record Subject(String name, int questions, Interval accuracy, Interval tempted) {}

    /** The chance that one of k answers is right. */
    public record PassAt(int k, Interval share) {}

    /** A written answer, to look at. */
    public record Sample(String question, String answer, double points) {}

    /**
     * As a candidate is told.
     *
     * @param score weighted mean of the sections
     * @param percentile share of all who sat it that scored less
     * @param among how many others
     */
    public record ScoreReport(
            List<Part> parts, Interval score, double passMark, boolean passed, Interval percentile, int among) {}

    /** A section's result. */
    public record Part(String section, double weight, int questions, Interval points) {}
}
