package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.scaling.ComputeLaw;
import dev.heed.quality.Agreement;
import dev.heed.quality.Interval;
import dev.heed.quality.Kappa;
import dev.heed.rating.BradleyTerry;
import dev.heed.rating.Davidson;
import dev.heed.rating.Elo;
import dev.heed.rating.Game;
import dev.heed.rating.Wins;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Heed's statistics against those of scipy, scikit-learn, statsmodels, torchmetrics and the papers; one test an op. */
class GoldenMetricsTest {
    private static final Set<String> COMPUTED = Set.of(
            "best_of_n",
            "bradley_terry_fit",
            "calibration",
            "cohen_kappa",
            "davidson_fit",
            "elo_online",
            "fleiss_kappa",
            "krippendorff_alpha",
            "overoptimization_fit",
            "pass_at_k",
            "power_law_fit",
            "wilson_interval");

    @Test
    void noOpOfTheMetricsIsLeftOut() {
        assertThat(Golden.ops("metrics")).isSubsetOf(COMPUTED);
    }

    @Test
    void bradleyTerryIsThatOfScipy() {
        Golden.each("bradley_terry_fit", golden -> {
            assertThat(golden.config().path("tie").asText()).isEqualTo("half_win");
            List<Game> games = games(golden);
            int players = players(golden);
            BradleyTerry fit =
                    BradleyTerry.fit(games, players, golden.config().path("l2").asDouble());
            golden.expect("out.theta", fit.theta());
            golden.expect("out.standard_error", fit.standardErrors());
            golden.expect("out.log_likelihood", fit.logLikelihood());
            golden.expect("out.elo", fit.ratings(elo(golden.config(), "elo_")));
            golden.expect(
                    "out.wins_with_half_ties",
                    Arrays.stream(Wins.withHalfTies(games, players))
                            .flatMapToDouble(Arrays::stream)
                            .toArray());
        });
    }

    @Test
    void davidsonIsThatOfScipy() {
        Golden.each("davidson_fit", golden -> {
            Davidson fit = Davidson.fit(games(golden), players(golden));
            golden.expect("out.theta", fit.theta());
            golden.expect("out.nu", fit.nu());
            golden.expect("out.log_likelihood", fit.logLikelihood());
        });
    }

    @Test
    void eloFollowsEachGame() {
        Golden.each("elo_online", golden -> {
            Elo scale = elo(golden.config(), "");
            double[][] history = scale.history(
                    games(golden), players(golden), golden.config().path("K").asDouble());
            golden.expect("out.ratings", history[history.length - 1]);
            golden.expect(
                    "out.history",
                    Arrays.stream(history).flatMapToDouble(Arrays::stream).toArray());
        });
    }

    @Test
    void calibrationIsThatOfTorchmetrics() {
        Golden.each("calibration", golden -> {
            Calibration calibration = Calibration.of(
                    golden.get("in.probs"),
                    golden.get("in.outcomes"),
                    golden.config().path("bins").asInt());
            golden.expect("out.ece", calibration.ece());
            golden.expect("out.mce", calibration.mce());
            golden.expect("out.brier", calibration.brier());
            golden.expect("out.nll", calibration.nll());
            golden.expect("out.bin_count", of(calibration.bins(), Calibration.Bin::count));
            golden.expect("out.bin_accuracy", of(calibration.bins(), Calibration.Bin::accuracy));
            golden.expect("out.bin_confidence", of(calibration.bins(), Calibration.Bin::confidence));
        });
    }

    @Test
    void alphaIsTheOneThatKrippendorffPublished() {
        Golden.each("krippendorff_alpha", golden -> {
            double[][] ratings = golden.rows("in.ratings");
            for (Agreement.Level level : Agreement.Level.values()) {
                golden.expect("out." + level.name().toLowerCase(Locale.ROOT), Agreement.krippendorff(ratings, level));
            }
        });
    }

    @Test
    void kappaIsThatOfSklearn() {
        Golden.each("cohen_kappa", golden -> {
            int[] a = golden.integers("in.a");
            int[] b = golden.integers("in.b");
            golden.expect("out.unweighted", Kappa.cohen(a, b, Kappa.Weight.EQUAL));
            golden.expect("out.linear", Kappa.cohen(a, b, Kappa.Weight.LINEAR));
            golden.expect("out.quadratic", Kappa.cohen(a, b, Kappa.Weight.QUADRATIC));
        });
    }

    @Test
    void fleissKappaIsThatOfStatsmodels() {
        Golden.each("fleiss_kappa", golden -> {
            int[][] counts = Arrays.stream(golden.rows("in.counts"))
                    .map(row -> Arrays.stream(row).mapToInt(n -> (int) n).toArray())
                    .toArray(int[][]::new);
            golden.expect("out.kappa", Kappa.fleiss(counts));
        });
    }

    @Test
    void powerLawIsTheLeastSquaresOfScipy() {
        Golden.each("power_law_fit", golden -> {
            double[] compute = golden.get("in.C");
            PowerLaw law = PowerLaw.fit(compute, golden.get("in.L"));
            golden.expect("out.a", law.a());
            golden.expect("out.b", law.b());
            golden.expect("out.c", law.c());
            golden.expect("out.sse", law.squaredError());
            golden.expect("out.fitted", Arrays.stream(compute).map(law::at).toArray());
        });
    }

    @Test
    void theRobustLawByComputeIsThatOfScipyButForTheNoise() {
        for (Golden golden : Golden.all("power_law_fit")) {
            double noise =
                    golden.config().path("noise_sd").asDouble(); // of L; a robust fit of ln L weighs it otherwise
            double[] compute = golden.get("in.C");
            ComputeLaw law = ComputeLaw.fit(compute, golden.get("in.L"));
            double[] fitted = golden.get("out.fitted");
            for (int i = 0; i < compute.length; i++) {
                assertThat(law.at(compute[i]))
                        .as("%s, point %d", golden.name(), i)
                        .isCloseTo(fitted[i], within(1e-3 + 2 * noise));
            }
            if (noise == 0) {
                assertThat(law.b()).isCloseTo(-golden.get("out.b")[0], within(1e-3));
                assertThat(law.c()).isCloseTo(golden.get("out.c")[0], within(1e-2));
            }
        }
    }

    @Test
    void overOptimizationIsTheLeastSquaresOfItsEquations() {
        Golden.each("overoptimization_fit", golden -> {
            OverOptimization.Form form =
                    switch (golden.config().path("form").asText()) {
                        case "bon" -> OverOptimization.Form.BEST_OF_N;
                        case "rl" -> OverOptimization.Form.RL;
                        default -> throw new AssertionError("unknown form in " + golden.config());
                    };
            OverOptimization fit = OverOptimization.fit(form, golden.get("in.d"), golden.get("in.gold_reward"));
            golden.expect("out.alpha", fit.alpha());
            golden.expect("out.beta", fit.beta());
            golden.expect("out.peak", fit.peak());
        });
    }

    @Test
    void passAtKIsExact() {
        Golden.each("pass_at_k", golden -> {
            int[] samples = golden.integers("in.n");
            int[] right = golden.integers("in.c");
            int[] k = golden.integers("in.k");
            golden.expect(
                    "out.pass_at_k",
                    IntStream.range(0, k.length)
                            .mapToDouble(i -> PassAtK.of(samples[i], right[i], k[i]))
                            .toArray());
        });
    }

    @Test
    void bestOfNIsTheMeanOverAllSubsets() {
        Golden.each("best_of_n", golden -> {
            int[] n = golden.integers("in.n");
            double[] rewards = golden.get("in.rewards");
            golden.expect(
                    "out.expected_max",
                    Arrays.stream(n)
                            .mapToDouble(k -> BestOfN.expectedMax(rewards, k))
                            .toArray());
            golden.expect(
                    "out.kl", Arrays.stream(n).mapToDouble(BestOfN::klBound).toArray());
        });
    }

    @Test
    void wilsonIsThatOfStatsmodels() {
        Golden.each("wilson_interval", golden -> {
            int[] successes = golden.integers("in.successes");
            int[] trials = golden.integers("in.trials");
            double z = golden.config().path("z").asDouble();
            List<Interval> intervals = IntStream.range(0, trials.length)
                    .mapToObj(i -> Interval.wilson(successes[i], trials[i], z))
                    .toList();
            golden.expect("out.low", of(intervals, Interval::low));
            golden.expect("out.high", of(intervals, Interval::high));
        });
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

    private static <T> double[] of(List<T> things, ToDoubleFunction<T> number) {
        return things.stream().mapToDouble(number).toArray();
    }

    private static int players(Golden golden) {
        return golden.config().path("num_players").asInt();
    }

    private static Elo elo(JsonNode config, String prefix) {
        return new Elo(
                config.path(prefix + "scale").asDouble(),
                config.path(prefix + "base").asDouble(),
                Stream.of("elo_mean", "initial")
                        .filter(config::has)
                        .findFirst()
                        .map(config::path)
                        .orElseThrow()
                        .asDouble());
    }

    /** Winners are 0: the first, 1: the second, 2: neither. */
    private static List<Game> games(Golden golden) {
        int[] first = golden.integers("in.player_a");
        int[] second = golden.integers("in.player_b");
        int[] winner = golden.integers("in.winner");
        return IntStream.range(0, winner.length)
                .mapToObj(i -> new Game(first[i], second[i], winner[i] == 2 ? .5 : 1 - winner[i]))
                .toList();
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
