package dev.heed.eval.scaling;

import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The small runs that a law is fitted to, all of one text and one tokenizer, none of which diverged.
 *
 * @param trials in the order of the plan
 * @param leftOut names of runs that are left out
 * @param left nats a token that no model can do without on this text; 0 where they are not known
 */
public record Ladder(List<Trial> trials, List<String> leftOut, double left) {
    /** A law of three unknowns, and a size more to see how well it foretells. */
    public static final int FEWEST_SIZES = 4;

    private static final int FEWEST_WIDTHS = 3;

    /**
     * @param all runs that are done
     * @param text SHA-256 of the plan's text
     * @param tokenizer SHA-256 of the plan's tokenizer
     * @param left see {@link Ladder}
     * @throws UserError if one is of another text or tokenizer, diverged, or has reached what no model can do without, or too few
     *     sizes are left
     */
    public static Ladder of(List<Trial> all, List<String> leaveOut, String text, String tokenizer, double left) {
        Set<String> unknown = new TreeSet<>(leaveOut);
        all.forEach(trial -> unknown.remove(trial.run()));
        if (!unknown.isEmpty()) {
            throw new UserError("--leave-out=%s is no run of this ladder; it has %s"
                    .formatted(unknown.iterator().next(), names(all)));
        }
        List<Trial> kept = new ArrayList<>();
        for (Trial trial : all) {
            if (!leaveOut.contains(trial.run())) {
                check(trial, text, tokenizer, left);
                kept.add(trial);
            }
        }
        List<Double> sizes = sizes(kept);
        if (sizes.size() < FEWEST_SIZES) {
            throw new UserError("the ladder has runs of %d sizes (%s), a law needs at least %d; plan more --rungs"
                    .formatted(
                            sizes.size(),
                            sizes.stream()
                                    .map(c -> String.format(Locale.ROOT, "%.2g FLOPs", c))
                                    .collect(Collectors.joining(", ")),
                            FEWEST_SIZES));
        }
        long widths = kept.stream().mapToInt(Trial::width).distinct().count();
        if (widths < FEWEST_WIDTHS) {
            throw new UserError(
                    "the ladder has models of %d widths, a law of size needs at least %d; plan a larger --spacing"
                            .formatted(widths, FEWEST_WIDTHS));
        }
        return new Ladder(List.copyOf(kept), List.copyOf(leaveOut), left);
    }

    private static void check(Trial trial, String text, String tokenizer, double left) {
        if (!trial.text().equals(text)) {
            throw new UserError(
                    "run %s learned from other text (%s) than the plan's (%s); leave it out with --leave-out=%s"
                            .formatted(trial.run(), brief(trial.text()), brief(text), trial.run()));
        }
        if (!trial.tokenizer().equals(tokenizer)) {
            throw new UserError("run %s has another tokenizer (%s) than the plan (%s); leave it out with --leave-out=%s"
                    .formatted(trial.run(), brief(trial.tokenizer()), brief(tokenizer), trial.run()));
        }
        if (trial.diverged() != null) {
            throw new UserError(
                    "run %s diverged: %s; plan anew with a smaller --lr, or leave it out with --leave-out=%s"
                            .formatted(trial.run(), Objects.requireNonNull(trial.diverged()), trial.run()));
        }
        if (left > 0 && trial.loss() <= left) {
            throw new UserError(String.format(
                    Locale.ROOT,
                    "run %s reached %.4f nats a token, the text's entropy is %.4f: nothing is left for a law to tell; leave it out with --leave-out=%s, or plan with less --compute",
                    trial.run(),
                    trial.loss(),
                    left,
                    trial.run()));
        }
    }

    private static String brief(String hash) {
        return hash.substring(0, Math.min(8, hash.length()));
    }

    private static String names(List<Trial> trials) {
        return trials.stream().map(Trial::run).collect(Collectors.joining(", "));
    }

    /** The different computes of runs on the line, ascending. */
    static List<Double> sizes(List<Trial> trials) {
        return trials.stream()
                .filter(Trial::onLine)
                .map(trial -> trial.spent().flops())
                .distinct()
                .sorted()
                .toList();
    }

    /** The runs on the plan's line. */
    List<Trial> line() {
        return trials.stream().filter(Trial::onLine).toList();
    }

    /** Its largest sizes, or all where there are no more; the names of smaller runs are among those that are left out. */
    public Ladder largest(int count) {
        List<Double> sizes = sizes(trials);
        if (sizes.size() <= count) {
            return this;
        }
        Ladder large = above(sizes.get(sizes.size() - count - 1));
        Set<String> without = new LinkedHashSet<>(leftOut);
        trials.stream().filter(t -> !large.trials.contains(t)).forEach(t -> without.add(t.run()));
        return new Ladder(large.trials, List.copyOf(without), left);
    }

    /** The same runs with another number in place of their losses. */
    Ladder of(ToDoubleFunction<Trial> number, double nothing) {
        return new Ladder(
                trials.stream().map(t -> t.at(number.applyAsDouble(t))).toList(), leftOut, nothing);
    }

    /** The runs with more compute than this. */
    Ladder above(double flops) {
        return new Ladder(
                trials.stream().filter(t -> t.spent().flops() > 1.01 * flops).toList(), // whole steps differ a little
                leftOut,
                left);
    }

    /** The largest compute of a run on the line. */
    double largest() {
        List<Double> sizes = sizes(trials);
        return sizes.get(sizes.size() - 1);
    }
}
