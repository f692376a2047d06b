package dev.heed.eval;

import dev.heed.quality.Interval;
import java.util.List;

/**
 * What {@code heed study --json} prints: a published effect, as it shows on one's own models.
 *
 * @param name "over-optimization"
 * @param question that it answers
 * @param claim what was published, in a sentence
 * @param source of the claim
 * @param whiskers what the intervals of its points are
 * @param found what was measured here, in sentences
 */
public record Effect(
        String name,
        String question,
        String claim,
        String source,
        Axis x,
        Axis y,
        List<Curve> curves,
        List<Level> levels,
        String whiskers,
        List<String> found) {
    public Effect {
        curves = List.copyOf(curves);
        levels = List.copyOf(levels);
        found = List.copyOf(found);
    }

    /** @param percent whether values in [0, 1] are shown as per cent */
    public record Axis(String label, boolean percent) {}

    /**
     * Points that belong together, from left to right.
     *
     * @param expected whether it is what theory says, not what was measured
     */
    public record Curve(String name, boolean expected, List<Point> points) {
        public Curve {
            points = List.copyOf(points);
        }

        /** Its height at the right end. */
        public Interval last() {
            return points.get(points.size() - 1).y();
        }
    }

    /** @param name what was measured: "40 preferences", "step 40" */
    public record Point(String name, double x, Interval y) {}

    /** A height to compare with. */
    public record Level(String name, double y) {}
}
