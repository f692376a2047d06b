package dev.heed.model;

import dev.heed.run.UserError;
import java.util.Map;
import java.util.TreeSet;

/** The bend of the feed-forward block. */
public enum Activation {
    /** x · σ(x). */
    SILU(0, "silu"),
    /** Hendrycks and Gimpel 2016, by tanh. */
    GELU_TANH(1, "gelu_new"),
    /** x · Φ(x). */
    GELU(2, "gelu");

    private static final Map<String, Activation> NAMES =
            Map.of("silu", SILU, "swish", SILU, "gelu_new", GELU_TANH, "gelu_pytorch_tanh", GELU_TANH, "gelu", GELU);

    private final int number;
    private final String wire;

    Activation(int number, String wire) {
        this.number = number;
        this.wire = wire;
    }

    /** What the kernels call it. */
    int number() {
        return number;
    }

    /** What config.json calls it. */
    String wire() {
        return wire;
    }

    static Activation named(String name) {
        Activation activation = NAMES.get(name);
        if (activation == null) {
            throw new UserError("activation '%s' is not known; known are %s"
                    .formatted(name, String.join(", ", new TreeSet<>(NAMES.keySet()))));
        }
        return activation;
    }
}
