package dev.heed.train;

import dev.heed.run.Knobs;
import java.util.List;

/**
 * Several rewards as one (Coste et al. 2023): what one of them overrates, the others need not, so that there is less to
 * exploit. All must be in one unit, such as standard deviations.
 */
public record Ensemble(List<Reward> members, Rule rule) implements Reward {
    public Ensemble {
        if (members.isEmpty()) {
            throw new IllegalArgumentException("an ensemble needs at least one reward, got none");
        }
        members = List.copyOf(members);
    }

    /** What one score is made of several by. */
    public enum Kind {
        /** Their mean. */
        MEAN,
        /** The least: worst-case optimisation. */
        MINIMUM,
        /** Their mean less lambda times their variance: uncertainty-weighted optimisation. */
        UNCERTAINTY
    }

    /**
     * A kind, and how dear doubt is to it.
     *
     * @param lambda for {@link Kind#UNCERTAINTY}, how much a unit of variance costs
     */
    public record Rule(Kind kind, double lambda) {
        public static final Rule MEAN = new Rule(Kind.MEAN, 0);

        public Rule {
            Knobs.atLeast("ensemble-lambda", lambda, 0);
        }

        /**
         * @param scores of one text, one a member
         * @return NaN if any of them is
         */
        float of(float... scores) {
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            for (float score : scores) {
                sum += score;
                least = Math.min(least, score);
            }
            double mean = sum / scores.length;
            return (float)
                    switch (kind) {
                        case MEAN -> mean;
                        case MINIMUM -> least;
                        case UNCERTAINTY -> mean - lambda * variance(scores, mean);
                    };
        }

        // Over their number, as the authors' code has it for best-of-n; for PPO it divides by one less.
        private static double variance(float[] scores, double mean) {
            double sum = 0;
            for (float score : scores) {
                sum += (score - mean) * (score - mean);
            }
            return sum / scores.length;
        }
    }

    @Override
    public float[] scores(List<int[]> rows) {
        float[][] said = members.stream().map(member -> member.scores(rows)).toArray(float[][]::new);
        float[] scores = new float[rows.size()];
        float[] ofRow = new float[said.length];
        for (int row = 0; row < scores.length; row++) {
            for (int member = 0; member < said.length; member++) {
                ofRow[member] = said[member][row];
            }
            scores[row] = rule.of(ofRow);
        }
        return scores;
    }
}
