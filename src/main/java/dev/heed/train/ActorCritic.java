package dev.heed.train;

import dev.heed.model.Forward;
import java.io.IOException;
import java.nio.file.Path;

/** The policy and the critic of PPO: what is still to come as the critic sees it, and how both learn. */
public sealed interface ActorCritic extends Steps.State, AutoCloseable permits TwoNetworks, TwoHeads {
    /**
     * The value before each completion token, in standard deviations of the score: one array a row.
     *
     * @param rows prompts and completions
     */
    float[][] values(Forward.Rows rows);

    /**
     * One update on some of a step's completions.
     *
     * @param minibatch which of them
     */
    void learn(Experience seen, int[] minibatch, Update update);

    /** Ends learning; the models are the caller's. */
    @Override
    void close();

    /**
     * An update among all of a run.
     *
     * @param number of those before it
     * @param rate share of the peak learning rates
     * @param tally takes what is to be reported
     */
    record Update(long number, double rate, Tally tally) {}

    @Override
    void saveTo(Path folder) throws IOException;

    @Override
    void loadFrom(Path folder) throws IOException;
}
