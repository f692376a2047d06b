package dev.heed.train;

import static dev.heed.train.PairObjective.logSigmoid;

import ai.djl.ndarray.NDArray;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.tensor.Scaled;

/**
 * Odds-ratio preference optimisation (Hong et al. 2024, equations 4 to 7): fine-tuning on the chosen text, and with weight λ
 * the log-odds of the chosen completion over the rejected one, from log-probabilities a token. No reference.
 */
public record Orpo(@Knob(value = "0.1", help = "weight of the odds ratio; Hong et al. 2024") double lambda)
        implements PairObjective {
    private static final float CERTAIN = -1e-7f; // a log-probability of 0 has no odds
    private static final float FAR = 100; // from here on 1 − eˣ is 1

    public Orpo {
        Knobs.above("lambda", lambda, 0);
    }

    @Override
    public NDArray losses(Said said) {
        return Scaled.times(logSigmoid(logOddsRatio(said.chosenMean(), said.rejectedMean())), -lambda);
    }

    /**
     * ln(odds of the chosen / odds of the rejected), odds being p / (1 − p).
     *
     * @param chosen (B), log-probability a token, below 0
     * @return (B)
     */
    static NDArray logOddsRatio(NDArray chosen, NDArray rejected) {
        return chosen.sub(rejected).sub(log1mExp(chosen).sub(log1mExp(rejected)));
    }

    /** ln(1 − eˣ) = ln(2·sinh(−x/2)) + x/2 for x below 0, which keeps its digits on both ends. */
    private static NDArray log1mExp(NDArray x) {
        NDArray half = Scaled.over(x.clip(-FAR, CERTAIN), 2);
        return Scaled.times(half.neg().sinh(), 2).log().add(half);
    }

    @Override
    public NDArray[] rewards(Said said) {
        return new NDArray[] {Scaled.times(said.chosenMean(), lambda), Scaled.times(said.rejectedMean(), lambda)};
    }

    @Override
    public String method() {
        return "orpo";
    }

    @Override
    public Surprise surprise() {
        return new Surprise(1, Surprise.Counted.PROMPT_TOO);
    }
}
