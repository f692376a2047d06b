package dev.heed.eval.scaling;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Both laws of a ladder, as they are told: each with 95 % intervals of its numbers over runs drawn anew, how far runs scatter
 * around it, and its error in foretelling the ladder's largest runs from its smaller ones.
 */
public record Fitted(Told compute, Told sizeAndTokens, List<String> leftOut, List<Trial> trials) {
    /**
     * A law.
     *
     * @param numbers by name
     * @param noise see {@link Fit}
     * @param backtest see {@link Fit}
     */
    public record Told(String formula, Map<String, Interval> numbers, double noise, double backtest) {}

    /** What a ladder says. */
    public static Fitted of(Foretelling foretelling) {
        return new Fitted(
                compute(foretelling.compute()),
                size(foretelling.size()),
                foretelling.ladder().leftOut(),
                foretelling.ladder().trials());
    }

    private static Told compute(Fit fit) {
        Map<String, Interval> numbers = new LinkedHashMap<>();
        numbers.put("a", of(fit, ComputeLaw.class, ComputeLaw::a));
        numbers.put("b", of(fit, ComputeLaw.class, ComputeLaw::b));
        numbers.put("c", of(fit, ComputeLaw.class, ComputeLaw::c));
        return new Told(fit.law().formula(), numbers, fit.noise(), fit.backtest());
    }

    private static Told size(Fit fit) {
        Map<String, Interval> numbers = new LinkedHashMap<>();
        numbers.put("e", of(fit, SizeLaw.class, SizeLaw::e));
        numbers.put("a", of(fit, SizeLaw.class, SizeLaw::a));
        numbers.put("alpha", of(fit, SizeLaw.class, SizeLaw::alpha));
        numbers.put("b", of(fit, SizeLaw.class, SizeLaw::b));
        numbers.put("beta", of(fit, SizeLaw.class, SizeLaw::beta));
        return new Told(fit.law().formula(), numbers, fit.noise(), fit.backtest());
    }

    private static <L extends Law> Interval of(Fit fit, Class<L> kind, ToDoubleFunction<L> number) {
        double[] drawn = fit.resampled().stream()
                .map(kind::cast)
                .mapToDouble(number)
                .sorted()
                .toArray();
        return new Interval(
                number.applyAsDouble(kind.cast(fit.law())),
                Bootstrap.quantile(drawn, 0.025),
                Bootstrap.quantile(drawn, 0.975));
    }
}
