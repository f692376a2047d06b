package dev.heed.eval;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GoldenMetricsTest {
    @Test
    void calibrationIsThatOfTorchmetrics() {
        for (Golden golden : Golden.all("calibration")) {
            Calibration calibration = Calibration.of(
                    golden.get("in.probs"),
                    golden.get("in.outcomes"),
                    golden.config().path("bins").asInt());
            golden.expect("out.ece", calibration.ece());
            golden.expect("out.mce", calibration.mce());
            golden.expect("out.brier", calibration.brier());
            golden.expect("out.nll", calibration.nll());
            golden.expect(
                    "out.bin_count",
                    calibration.bins().stream()
                            .mapToDouble(Calibration.Bin::count)
                            .toArray());
            golden.expect(
                    "out.bin_accuracy",
                    calibration.bins().stream()
                            .mapToDouble(Calibration.Bin::accuracy)
                            .toArray());
            golden.expect(
                    "out.bin_confidence",
                    calibration.bins().stream()
                            .mapToDouble(Calibration.Bin::confidence)
                            .toArray());
        }
    }

    @Test
    void alphaIsTheOneThatKrippendorffPublished() {
        for (Golden golden : Golden.all("krippendorff_alpha")) {
            double[][] ratings = golden.rows("in.ratings");
            golden.expect("out.nominal", Agreement.krippendorff(ratings, Agreement.Level.NOMINAL));
            golden.expect("out.ordinal", Agreement.krippendorff(ratings, Agreement.Level.ORDINAL));
            golden.expect("out.interval", Agreement.krippendorff(ratings, Agreement.Level.INTERVAL));
            golden.expect("out.ratio", Agreement.krippendorff(ratings, Agreement.Level.RATIO));
        }
    }

    @Test
    void kappaIsThatOfSklearn() {
        for (Golden golden : Golden.all("cohen_kappa")) {
            golden.expect("out.unweighted", Agreement.cohen(golden.integers("in.a"), golden.integers("in.b")));
        }
    }

    @Test
    void bestOfNIsTheMeanOverAllSubsets() {
        for (Golden golden : Golden.all("best_of_n")) {
            int[] n = golden.integers("in.n");
            double[] rewards = golden.get("in.rewards");
            golden.expect(
                    "out.expected_max",
                    Arrays.stream(n)
                            .mapToDouble(k -> BestOfN.expectedMax(rewards, k))
                            .toArray());
            golden.expect(
                    "out.kl", Arrays.stream(n).mapToDouble(BestOfN::klBound).toArray());
        }
    }

    @Test
    void wilsonIsThatOfStatsmodels() {
        for (Golden golden : Golden.all("wilson_interval")) {
            int[] successes = golden.integers("in.successes");
            int[] trials = golden.integers("in.trials");
            Interval[] intervals = IntStream.range(0, trials.length)
                    .mapToObj(i -> Interval.wilson(successes[i], trials[i]))
                    .toArray(Interval[]::new);
            golden.expect(
                    "out.low",
                    Arrays.stream(intervals).mapToDouble(Interval::low).toArray());
            golden.expect(
                    "out.high",
                    Arrays.stream(intervals).mapToDouble(Interval::high).toArray());
        }
    }

    @Test
    void divergenceOfACompletionIsTheSumOverItsTokens() {
        for (Golden golden : Golden.all("kl_estimators")) {
            double[][] policy = golden.rows("in.logprobs");
            double[][] reference = golden.rows("in.ref_logprobs");
            double[][] mask = golden.rows("in.mask");
            Divergence[] rows = IntStream.range(0, policy.length)
                    .mapToObj(r -> Divergence.of(kept(policy[r], mask[r]), kept(reference[r], mask[r])))
                    .toArray(Divergence[]::new);
            golden.expect(
                    "out.k1_sequence_sum",
                    Arrays.stream(rows).mapToDouble(Divergence::k1).toArray());
            golden.expect(
                    "out.k3_sequence_sum",
                    Arrays.stream(rows).mapToDouble(Divergence::k3).toArray());
        }
    }

    private static float[] kept(double[] row, double[] mask) {
        double[] kept = IntStream.range(0, row.length)
                .filter(t -> mask[t] == 1)
                .mapToDouble(t -> row[t])
                .toArray();
        float[] floats = new float[kept.length];
        for (int t = 0; t < kept.length; t++) {
            floats[t] = (float) kept[t];
        }
        return floats;
    }
}
