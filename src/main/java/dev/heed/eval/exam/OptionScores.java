package dev.heed.eval.exam;

/**
 * How likely a model finds each option of a question.
 *
 * @param asked log-probability of the option's tokens after the question, nats
 * @param unasked the same where no question stands before it
 * @param bytes of the option's text in UTF-8
 */
public record OptionScores(double[] asked, double[] unasked, int[] bytes) {
    /** One score an option, nats; the highest is the model's answer. */
    public double[] by(Way way) {
        double[] scores = asked.clone();
        for (int i = 0; i < scores.length; i++) {
            scores[i] = switch (way) {
                case PLAIN -> asked[i];
                case PER_BYTE -> asked[i] / bytes[i];
                case LIFT -> asked[i] - unasked[i];
            };
        }
        return scores;
    }

    /** The highest score's option; of equal ones the first. */
    public int answer(Way way) {
        return best(by(way));
    }

    static int best(double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }
}
