package dev.heed.eval.scaling;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether the best learning rate of a small model is the best of a large one: losses over learning rates, a curve a
 * parametrisation and width.
 */
public record Transfer(List<Curve> curves) {
    /**
     * One run.
     *
     * @param loss held-out, nats a token, mean over seeds; null where a run diverged
     */
    public record Tried(double lr, @Nullable Double loss) {}

    /** @param tried in the order of learning rates */
    public record Curve(String parametrisation, int width, List<Tried> tried) {
        /** The best rate that was tried and its neighbours' parabola in ln rate says where between them the best lies. */
        public double best() {
            int at = 0;
            for (int i = 1; i < tried.size(); i++) {
                at = loss(i) < loss(at) ? i : at;
            }
            if (at == 0 || at == tried.size() - 1) {
                return tried.get(at).lr();
            }
            double left = loss(at - 1) - loss(at);
            double right = loss(at + 1) - loss(at);
            if (Double.isInfinite(left) || Double.isInfinite(right) || left + right <= 0) {
                return tried.get(at).lr();
            }
            double step = Math.log(tried.get(at + 1).lr() / tried.get(at).lr()); // rates are evenly apart
            return tried.get(at).lr() * Math.exp(step * (left - right) / (2 * (left + right)));
        }

        /** The least loss that was reached; infinite where all diverged. */
        public double least() {
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < tried.size(); i++) {
                least = Math.min(least, loss(i));
            }
            return least;
        }

        private double loss(int i) {
            Double loss = tried.get(i).loss();
            return loss == null ? Double.POSITIVE_INFINITY : loss;
        }
    }

    /** By how much the best rates of a parametrisation's widths differ, largest over smallest. */
    public double drift(String parametrisation) {
        List<Double> best = of(parametrisation).stream().map(Curve::best).toList();
        return best.stream().max(Comparator.naturalOrder()).orElse(Double.NaN)
                / best.stream().min(Comparator.naturalOrder()).orElse(Double.NaN);
    }

    /** The curves of one parametrisation. */
    public List<Curve> of(String parametrisation) {
        return curves.stream()
                .filter(c -> Objects.equals(c.parametrisation(), parametrisation))
                .toList();
    }

    /** The parametrisations that were tried. */
    public List<String> parametrisations() {
        return curves.stream().map(Curve::parametrisation).distinct().toList();
    }
}
