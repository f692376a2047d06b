package dev.heed.eval.scaling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A prediction held against what came.
 *
 * @param prediction the hash of what was foretold
 * @param foretold nats a token
 * @param reached nats a token
 * @param errorPercent of what was reached; above 0 where more was foretold
 * @param inside whether what was reached lies in the 95 % interval
 * @param curve the same at each tenth of the training
 * @param passes the same for each group of questions
 */
public record Grade(
        Instant made,
        String prediction,
        double foretold,
        double reached,
        double errorPercent,
        boolean inside,
        List<Tenth> curve,
        List<Passes.Graded> passes) {
    /** At a tenth of the training. */
    public record Tenth(double share, double foretold, double reached, double errorPercent, boolean inside) {}

    /** The grade of a large run. */
    public static Grade of(Prediction prediction, Trial large, Instant now) {
        List<Tenth> curve = new ArrayList<>();
        for (int i = 0; i < large.curve().length; i++) {
            Foretelling.At at = prediction.curve().get(i);
            double reached = large.curve()[i];
            curve.add(new Tenth(
                    at.x(),
                    at.loss().mean(),
                    reached,
                    percent(at.loss().mean(), reached),
                    at.loss().contains(reached)));
        }
        double foretold = prediction.loss().mean();
        return new Grade(
                now,
                prediction.hash(),
                foretold,
                large.loss(),
                percent(foretold, large.loss()),
                prediction.loss().contains(large.loss()),
                curve,
                Passes.graded(prediction.passes(), large));
    }

    private static double percent(double foretold, double reached) {
        return 100 * (foretold - reached) / reached;
    }
}
