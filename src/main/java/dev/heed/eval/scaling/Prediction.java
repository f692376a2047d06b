package dev.heed.eval.scaling;

import dev.heed.quality.Interval;
import dev.heed.run.Version;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What was foretold of a large run before it was made.
 *
 * @param made when
 * @param hash SHA-256 over the names and hashes in {@code from}
 * @param from every file that it was made from, with its SHA-256
 * @param leftOut runs that were left out
 * @param left nats a token that no model can do without, known or assumed; 0: the law looked for them
 * @param run the name of the large run
 * @param law that foretold it
 * @param backtest its error within the ladder, see {@link Fit}
 * @param loss on held-out text, nats a token
 * @param bitsPerByte the same text's
 * @param otherwise the loss by the other law
 * @param curve held-out loss at each tenth of the training
 * @param passes pass rates of groups of questions; none where the text has no questions
 */
public record Prediction(
        Instant made,
        Version heed,
        String hash,
        Map<String, String> from,
        List<String> leftOut,
        double left,
        String run,
        int width,
        Spent large,
        Law law,
        double backtest,
        Interval loss,
        Interval bitsPerByte,
        Interval otherwise,
        List<Foretelling.At> curve,
        List<Passes.Foretold> passes) {}
