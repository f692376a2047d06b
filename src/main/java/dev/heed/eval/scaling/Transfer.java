package dev.heed.eval.scaling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the best learning rate of a small model is the best of a large one: losses over learning rates, a curve a
 * parametrisation and width.
 */
public record Transfer(List<Curve> curves) {
    /**
     * The runs at one rate.
     *
     * @param loss held-out, nats a token, mean over seeds; null where a run diverged
     * @param losses of each seed, in their order; null where it diverged
     */
    public record Tried(double lr, @Nullable Double loss, List<@Nullable Double> losses) {
        /** @param losses of each seed; null where it diverged */
        public static Tried of(double lr, List<@Nullable Double> losses) {
            double mean = losses.stream()
                    .mapToDouble(loss -> loss == null ? Double.NaN : loss)
                    .average()
                    .orElse(Double.NaN);
            return new Tried(lr, Double.isNaN(mean) ? null : mean, losses);
        }

        /** What a seed came to. */
        Tried only(int seed) {
            return new Tried(lr, losses.get(seed), Collections.singletonList(losses.get(seed)));
        }
    }

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

        /** One seed's curve. */
        Curve only(int seed) {
            return new Curve(
                    parametrisation,
                    width,
                    tried.stream().map(rate -> rate.only(seed)).toList());
        }

        /** The loss at a rate that was tried; infinite where it diverged. */
        double at(double rate) {
            return IntStream.range(0, tried.size())
                    .filter(i -> tried.get(i).lr() == rate)
                    .mapToDouble(this::loss)
                    .findFirst()
                    .orElseThrow();
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

    /** The same of each seed's runs alone, in the order of seeds; empty where they were not kept. */
    public List<Double> drifts(String parametrisation) {
        int seeds = curves.stream()
                .flatMap(curve -> curve.tried().stream())
                .mapToInt(rate -> rate.losses().size())
                .min()
                .orElse(0);
        return IntStream.range(0, seeds)
                .mapToObj(seed -> new Transfer(
                                curves.stream().map(curve -> curve.only(seed)).toList())
                        .drift(parametrisation))
                .toList();
    }

    /** The rate that suits all widths best: the one of those tried at which the sum of their losses is least. */
    public double shared(String parametrisation) {
        List<Curve> of = of(parametrisation);
        return IntStream.range(0, of.get(0).tried().size())
                .boxed()
                .min(Comparator.comparingDouble(
                        i -> of.stream().mapToDouble(curve -> curve.loss(i)).sum()))
                .map(i -> of.get(0).tried().get(i).lr())
                .orElse(Double.NaN);
    }

    /** Widths whose loss at the {@link #shared} rate is above that of a narrower model. */
    public List<Integer> worse(String parametrisation) {
        double shared = shared(parametrisation);
        List<Integer> worse = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (Curve curve : of(parametrisation).stream()
                .sorted(Comparator.comparingInt(Curve::width))
                .toList()) {
            double loss = curve.at(shared);
            if (loss > least) {
                worse.add(curve.width());
            }
            least = Math.min(least, loss);
        }
        return worse;
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
