package dev.heed.eval.exam;

import dev.heed.eval.Calibration;
import dev.heed.eval.TemperatureFit;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.text.ExamItem.Choice;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Whether a model's probabilities on choices can be taken at their word: the softmax of the options' scores. Intervals draw
 * questions. Of few questions the calibration error is too high, since chance alone parts a bin's accuracy from its confidence.
 *
 * @param questions how many choices
 * @param chosen the option that it answers: how sure, how often right (Guo et al. 2017)
 * @param ece expected calibration error of {@code chosen}
 * @param eceEach the same over every option of every question, as in the GPT-4 report's figure 8
 * @param brier mean over questions of the squared errors of all options' probabilities, summed (Brier 1950); from 0 to 2
 * @param nll mean −log probability of the right option, nats
 * @param refit after the scores were divided by a temperature
 * @param abstention accuracy over coverage
 * @param abstentionArea its mean over all coverages
 */
public record Reliability(
        int questions,
        Way way,
        Calibration chosen,
        Interval ece,
        Interval eceEach,
        Interval brier,
        Interval nll,
        Refit refit,
        Abstention abstention,
        Interval abstentionArea) {

    /**
     * Probabilities from scores over a temperature. Each half of the questions is measured at the temperature that the other
     * half has; the intervals take these as given.
     *
     * @param temperature of all questions: what to use
     */
    public record Refit(
            double temperature, Calibration chosen, Interval ece, Interval eceEach, Interval brier, Interval nll) {}

    /** What a model says to some questions at some temperatures. */
    private record Said(List<double[]> probabilities, int[] right, int bins) {
        static Said of(List<double[]> scores, int[] right, double[] temperatures, int bins) {
            return new Said(
                    IntStream.range(0, right.length)
                            .mapToObj(q -> TemperatureFit.softmax(scores.get(q), temperatures[q]))
                            .toList(),
                    right,
                    bins);
        }

        double[] confidence(int[] drawn) {
            return IntStream.of(drawn)
                    .mapToDouble(q -> probabilities.get(q)[OptionScores.best(probabilities.get(q))])
                    .toArray();
        }

        double[] correct(int[] drawn) {
            return IntStream.of(drawn)
                    .mapToDouble(q -> OptionScores.best(probabilities.get(q)) == right[q] ? 1 : 0)
                    .toArray();
        }

        Calibration chosen(int[] drawn) {
            return Calibration.of(confidence(drawn), correct(drawn), bins);
        }

        private double eceEach(int[] drawn) {
            double[] p = IntStream.of(drawn)
                    .mapToObj(probabilities::get)
                    .flatMapToDouble(java.util.Arrays::stream)
                    .toArray();
            double[] is = IntStream.of(drawn)
                    .mapToObj(q ->
                            IntStream.range(0, probabilities.get(q).length).mapToDouble(i -> i == right[q] ? 1 : 0))
                    .flatMapToDouble(each -> each)
                    .toArray();
            return Calibration.of(p, is, bins).ece();
        }

        private double brier(int q) {
            double[] p = probabilities.get(q);
            return IntStream.range(0, p.length)
                    .mapToDouble(i -> Math.pow(p[i] - (i == right[q] ? 1 : 0), 2))
                    .sum();
        }

        private double nll(int q) {
            return -Math.log(Math.max(probabilities.get(q)[right[q]], Double.MIN_NORMAL));
        }

        /** ECE, ECE of each option, Brier score, negative log-likelihood, area under accuracy over coverage. */
        double[] measures(int[] drawn) {
            return new double[] {
                chosen(drawn).ece(),
                eceEach(drawn),
                IntStream.of(drawn).mapToDouble(this::brier).average().orElseThrow(),
                IntStream.of(drawn).mapToDouble(this::nll).average().orElseThrow(),
                Abstention.area(Abstention.accuracies(confidence(drawn), correct(drawn)))
            };
        }
    }

    /**
     * Measures the choices among the answers.
     *
     * @param marked at least one choice among them
     * @param bins of equal width over [0, 1]
     */
    public static Reliability of(List<Marked> marked, Way way, int bins, Bootstrap bootstrap) {
        List<Marked> choices = marked.stream().filter(m -> m.scores() != null).toList();
        List<double[]> scores = choices.stream()
                .map(m -> Objects.requireNonNull(m.scores()).by(way))
                .toList();
        int[] right = choices.stream()
                .mapToInt(m -> ((Choice) m.item().key()).right())
                .toArray();
        int[] all = IntStream.range(0, right.length).toArray();
        Said plain =
                Said.of(scores, right, IntStream.of(all).mapToDouble(q -> 1).toArray(), bins);
        Said cooled = Said.of(scores, right, crossFitted(scores, right), bins);
        List<Interval> before = bootstrap.all(right.length, plain::measures);
        List<Interval> after = bootstrap.all(right.length, cooled::measures);
        return new Reliability(
                right.length,
                way,
                plain.chosen(all),
                before.get(0),
                before.get(1),
                before.get(2),
                before.get(3),
                new Refit(
                        TemperatureFit.of(scores, right),
                        cooled.chosen(all),
                        after.get(0),
                        after.get(1),
                        after.get(2),
                        after.get(3)),
                Abstention.of(plain.confidence(all), plain.correct(all)),
                before.get(4));
    }

    /** Each question's temperature, fitted on every second question, of which it is none. */
    private static double[] crossFitted(List<double[]> scores, int[] right) {
        if (right.length == 1) {
            return new double[] {1};
        }
        double[] of = {half(scores, right, 1), half(scores, right, 0)};
        return IntStream.range(0, right.length).mapToDouble(q -> of[q % 2]).toArray();
    }

    private static double half(List<double[]> scores, int[] right, int parity) {
        int[] chosen =
                IntStream.range(0, right.length).filter(q -> q % 2 == parity).toArray();
        return TemperatureFit.of(
                IntStream.of(chosen).mapToObj(scores::get).toList(),
                IntStream.of(chosen).map(q -> right[q]).toArray());
    }
}
