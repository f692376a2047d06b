package dev.heed.tensor;

import ai.djl.ndarray.types.Shape;

/**
 * How fast a parameter goes, as multiples of what the optimizer is told.
 *
 * @param lr of the learning rate, which its weight decay goes with
 * @param decay of the weight decay; 0: none
 * @param epsilon of Adam's epsilon, above 0
 */
public record Pace(double lr, double decay, double epsilon) {
    /** As the optimizer is told. */
    public static final Pace EVEN = new Pace(1, 1, 1);

    /** The same, without decay. */
    public static final Pace UNDECAYED = new Pace(1, 0, 1);

    /** Matrices decay; vectors, the gains of the norms, do not. */
    public static Pace usual(Shape shape) {
        return shape.dimension() > 1 ? EVEN : UNDECAYED;
    }
}
