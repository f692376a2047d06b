package dev.heed.eval;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.rating.Logistic;
import java.util.Arrays;
import java.util.List;

/**
 * One model against a baseline on the same prompts: a higher score wins, a tie is half a win. Immutable.
 *
 * <p>The length-controlled rate asks what it would be were both answers equally long. Source: Dubois et al. 2024,
 * arXiv:2404.04475 (AlpacaEval 2): logistic regression of the outcome on tanh(d / std(d)), d the difference of lengths,
 * evaluated at d = 0. Deviation 1: no term for a prompt's difficulty, which takes many models to fit. Deviation 2: a fixed
 * ridge on the slope, worth one observation, in place of a cross-validated one.
 */
public final class WinRate {
    private static final double SLOPE_RIDGE = 1;

    /** Only keeps the optimum finite where every outcome is a win. */
    private static final double INTERCEPT_RIDGE = 1e-6;

    private final double[] outcomes;
    private final double[] lengthDifferences;
    private final List<?> prompts;

    private WinRate(double[] outcomes, double[] lengthDifferences, List<?> prompts) {
        this.outcomes = outcomes;
        this.lengthDifferences = lengthDifferences;
        this.prompts = prompts;
    }

    /**
     * Answers paired by position.
     *
     * @param prompts which prompt each pair answers: the clusters of the bootstrap
     */
    public static WinRate of(List<Scored> model, List<Scored> baseline, List<?> prompts) {
        if (model.size() != baseline.size() || model.size() != prompts.size()) {
            throw new IllegalArgumentException("one baseline and one prompt per answer: got %d answers, %d, %d"
                    .formatted(model.size(), baseline.size(), prompts.size()));
        }
        double[] outcomes = new double[model.size()];
        double[] differences = new double[model.size()];
        for (int i = 0; i < outcomes.length; i++) {
            Scored ours = model.get(i);
            Scored theirs = baseline.get(i);
            outcomes[i] = (1 + Math.signum(ours.score() - theirs.score())) / 2;
            differences[i] = ours.length() - theirs.length();
        }
        return new WinRate(outcomes, differences, List.copyOf(prompts));
    }

    /** Share of wins, ties as half. */
    public Interval rate(Bootstrap bootstrap) {
        return bootstrap.mean(outcomes, prompts);
    }

    /** Share of wins that the regression expects of equally long answers; the regression is fitted anew in each resample. */
    public Interval lengthControlled(Bootstrap bootstrap) {
        double[] predictor = standardized(lengthDifferences);
        int[][] members = Bootstrap.members(prompts, outcomes.length);
        double[] once = new double[outcomes.length];
        Arrays.fill(once, 1);
        double[] start = fit(predictor, outcomes, once, new double[2]);
        return bootstrap.of(members.length, drawn -> {
            double[] weights = new double[outcomes.length];
            for (int prompt : drawn) {
                for (int i : members[prompt]) {
                    weights[i]++;
                }
            }
            return Logistic.sigmoid(fit(predictor, outcomes, weights, start)[0]);
        });
    }

    private static double[] standardized(double[] differences) {
        double mean = Arrays.stream(differences).average().orElse(0);
        double variance = Arrays.stream(differences)
                .map(d -> (d - mean) * (d - mean))
                .average()
                .orElse(0);
        double scale = variance > 0 ? Math.sqrt(variance) : 1;
        return Arrays.stream(differences).map(d -> Math.tanh(d / scale)).toArray();
    }

    /**
     * Weighted logistic regression by Newton's method with halved steps.
     *
     * @return intercept and slope
     */
    private static double[] fit(double[] x, double[] y, double[] weight, double[] start) {
        double[] at = start.clone();
        double loss = loss(x, y, weight, at);
        for (int iteration = 0; iteration < 100; iteration++) {
            double[] step = newtonStep(x, y, weight, at);
            double size = 1;
            double[] next = moved(at, step, size);
            double nextLoss = loss(x, y, weight, next);
            while (nextLoss > loss && size > 1e-6) {
                size /= 2;
                next = moved(at, step, size);
                nextLoss = loss(x, y, weight, next);
            }
            boolean settled = loss - nextLoss < 1e-10 * (1 + loss);
            at = nextLoss <= loss ? next : at;
            loss = Math.min(loss, nextLoss);
            if (settled) {
                break;
            }
        }
        return at;
    }

    private static double[] moved(double[] at, double[] step, double size) {
        return new double[] {at[0] - size * step[0], at[1] - size * step[1]};
    }

    private static double loss(double[] x, double[] y, double[] weight, double[] at) {
        double loss = (INTERCEPT_RIDGE * at[0] * at[0] + SLOPE_RIDGE * at[1] * at[1]) / 2;
        for (int i = 0; i < x.length; i++) {
            if (weight[i] > 0) {
                double logit = at[0] + at[1] * x[i];
                loss += weight[i] * (Logistic.softplus(logit) - y[i] * logit);
            }
        }
        return loss;
    }

    private static double[] newtonStep(double[] x, double[] y, double[] weight, double[] at) {
        double gradient0 = INTERCEPT_RIDGE * at[0];
        double gradient1 = SLOPE_RIDGE * at[1];
        double h00 = INTERCEPT_RIDGE;
        double h01 = 0;
        double h11 = SLOPE_RIDGE;
        for (int i = 0; i < x.length; i++) {
            double p = Logistic.sigmoid(at[0] + at[1] * x[i]);
            double curvature = weight[i] * p * (1 - p);
            gradient0 += weight[i] * (p - y[i]);
            gradient1 += weight[i] * (p - y[i]) * x[i];
            h00 += curvature;
            h01 += curvature * x[i];
            h11 += curvature * x[i] * x[i];
        }
        double determinant = h00 * h11 - h01 * h01;
        return new double[] {
            (h11 * gradient0 - h01 * gradient1) / determinant, (h00 * gradient1 - h01 * gradient0) / determinant
        };
    }
}
