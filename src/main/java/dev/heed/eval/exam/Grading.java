package dev.heed.eval.exam;

import dev.heed.eval.PassAtK;
import dev.heed.eval.exam.ExamResult.Candidate;
import dev.heed.eval.exam.ExamResult.Part;
import dev.heed.eval.exam.ExamResult.PassAt;
import dev.heed.eval.exam.ExamResult.Sample;
import dev.heed.eval.exam.ExamResult.ScoreReport;
import dev.heed.eval.exam.ExamResult.Subject;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * From marked answers to a result. Questions are independent, so shares of what is right or wrong have Wilson's interval and
 * everything else the bootstrap's.
 *
 * @param way of comparing options that counts
 * @param bins of the reliability diagram
 */
public record Grading(Paper paper, Way way, int bins, Bootstrap bootstrap) {
    private static final int SHOWN = 6;
    private static final String PART = ": ";

    /**
     * A model's result.
     *
     * @param marked in the order of the paper's questions
     * @param overlap share of each question that the training text has; empty where none was looked at
     * @param others who sat the exam before
     */
    public Candidate of(String name, List<Marked> marked, double[] overlap, Population others) {
        boolean choices = marked.stream().anyMatch(m -> m.scores() != null);
        return new Candidate(
                name,
                points(marked),
                choices ? byWay(marked) : Map.of(),
                subjects(marked),
                passAtK(marked),
                overlap.length == 0 ? null : points(where(marked, overlap, false)),
                overlap.length == 0 ? null : points(where(marked, overlap, true)),
                mean(marked, m -> -m.keyLogProb()),
                choices ? Reliability.of(marked, way, bins, bootstrap) : null,
                paper.sections().isEmpty() ? null : report(marked, others),
                samples(marked));
    }

    private Interval points(List<Marked> marked) {
        return mean(marked, m -> m.points(way));
    }

    private Interval mean(List<Marked> marked, ToDoubleFunction<Marked> value) {
        return mean(
                marked.stream().mapToDouble(value).filter(v -> !Double.isNaN(v)).toArray());
    }

    private Interval mean(double[] values) {
        boolean shares = Arrays.stream(values).allMatch(v -> v == 0 || v == 1);
        return shares ? Interval.wilson((long) Arrays.stream(values).sum(), values.length) : bootstrap.mean(values);
    }

    private Map<Way, Interval> byWay(List<Marked> marked) {
        Map<Way, Interval> all = new EnumMap<>(Way.class);
        List<Marked> choices = marked.stream().filter(m -> m.scores() != null).toList();
        for (Way each : Way.values()) {
            all.put(each, mean(choices, m -> m.points(each)));
        }
        return all;
    }

    /** Groups as they come, the parts of each by name. */
    private List<Subject> subjects(List<Marked> marked) {
        Map<String, List<Marked>> groups = new LinkedHashMap<>();
        marked.forEach(
                m -> groups.computeIfAbsent(group(m), g -> new ArrayList<>()).add(m));
        List<Subject> subjects = new ArrayList<>();
        groups.forEach((group, members) -> {
            Map<String, List<Marked>> parts = new TreeMap<>();
            members.forEach(m -> parts.computeIfAbsent(m.item().subject(), p -> new ArrayList<>())
                    .add(m));
            subjects.add(subject(group, members));
            parts.forEach((part, own) -> {
                if (!part.equals(group)) {
                    subjects.add(subject(part, own));
                }
            });
        });
        return subjects.stream().filter(s -> !s.name().isEmpty()).toList();
    }

    private Subject subject(String name, List<Marked> members) {
        return new Subject(name, members.size(), points(members), mean(members, m -> m.tempted(way)));
    }

    private static String group(Marked one) {
        String subject = one.item().subject();
        int colon = subject.indexOf(PART);
        return colon > 0 ? subject.substring(0, colon) : subject;
    }

    private List<PassAt> passAtK(List<Marked> marked) {
        List<Marked> written =
                marked.stream().filter(m -> m.points().length > 1).toList();
        int most = written.stream().mapToInt(m -> m.points().length).min().orElse(0);
        int[] samples = written.stream().mapToInt(m -> m.points().length).toArray();
        int[] right = written.stream().mapToInt(Marked::right).toArray();
        return IntStream.iterate(1, k -> k <= most, k -> 2 * k)
                .mapToObj(k -> new PassAt(k, PassAtK.mean(samples, right, k, bootstrap)))
                .toList();
    }

    private static List<Marked> where(List<Marked> marked, double[] overlap, boolean dirty) {
        return IntStream.range(0, overlap.length)
                .filter(i -> overlap[i] > 0 == dirty)
                .mapToObj(marked::get)
                .toList();
    }

    private ScoreReport report(List<Marked> marked, Population others) {
        double weights = weights();
        List<Part> parts = new ArrayList<>();
        for (Paper.Section section : paper.sections()) {
            List<Marked> own = of(section, marked);
            parts.add(new Part(section.subject(), section.weight() / weights, own.size(), points(own)));
        }
        Interval score = score(marked);
        return new ScoreReport(
                parts,
                score,
                paper.passMark(),
                score.mean() >= paper.passMark(),
                others.percentile(score),
                others.candidates().size());
    }

    private double weights() {
        return paper.sections().stream().mapToDouble(Paper.Section::weight).sum();
    }

    /** The weighted mean of the sections, from 0 to 1; {@link Interval#NONE} where the exam is not graded. */
    public Interval score(List<Marked> marked) {
        List<Marked> all = new ArrayList<>();
        List<Integer> sections = new ArrayList<>();
        for (int s = 0; s < paper.sections().size(); s++) {
            for (Marked one : of(paper.sections().get(s), marked)) {
                all.add(one);
                sections.add(s);
            }
        }
        double[] points = all.stream().mapToDouble(m -> m.points(way)).toArray();
        double weights = weights();
        return bootstrap.of(points.length, drawn -> {
            double[] sums = new double[paper.sections().size()];
            int[] counts = new int[sums.length];
            for (int i : drawn) {
                sums[sections.get(i)] += points[i];
                counts[sections.get(i)]++;
            }
            return IntStream.range(0, sums.length)
                    .mapToDouble(s -> paper.sections().get(s).weight() / weights * sums[s] / Math.max(1, counts[s]))
                    .sum();
        });
    }

    private static List<Marked> of(Paper.Section section, List<Marked> marked) {
        return marked.stream().filter(m -> group(m).equals(section.subject())).toList();
    }

    /** The first written answers, evenly apart: not chosen by what is in them. */
    private static List<Sample> samples(List<Marked> marked) {
        List<Marked> written =
                marked.stream().filter(m -> !m.answers().isEmpty()).toList();
        return Stream.iterate(0, i -> i + 1)
                .limit(Math.min(SHOWN, written.size()))
                .map(i -> written.get(i * written.size() / Math.min(SHOWN, written.size())))
                .map(m -> new Sample(m.item().question(), m.answers().get(0), m.points()[0]))
                .toList();
    }
}
