package dev.heed.model;

import ai.djl.ndarray.types.Shape;
import dev.heed.tensor.Pace;

/**
 * How wide new weights are and how fast each kind of them learns, so that what is best for a small model may be best for a
 * large one. Widths are told against {@link Dial#BASE}, where all three have one learning rate η; m is width over that, l
 * layers over those there. Multipliers are folded into the weights: Adam with a multiplier a on a weight is Adam on a times
 * the weight with rate a·η, decay λ/a and epsilon ε/a, so what is saved is a plain model.
 */
public enum Parametrisation {
    /** N(0, 0.02²) and one rate, as most code has it; what writes to the residual stream is smaller by √(2·layers). */
    PLAIN {
        @Override
        double spread(Role role, double m, double l, ModelConfig config) {
            return role == Role.WRITES ? SPREAD / Math.sqrt(2.0 * config.layers()) : SPREAD;
        }

        @Override
        Pace pace(Role role, double m, double l) {
            return role == Role.VECTOR ? Pace.UNDECAYED : Pace.EVEN;
        }
    },
    /**
     * The same weights, and every matrix but the embedding η/m: the embedding's own rate is most of what µP gains with AdamW
     * (arXiv:2605.21486), and with rates of its own for each layer the plain parametrisation does as well (Everett et al. 2024,
     * arXiv:2407.05872).
     */
    EMBEDDING {
        @Override
        double spread(Role role, double m, double l, ModelConfig config) {
            return PLAIN.spread(role, m, l, config);
        }

        @Override
        Pace pace(Role role, double m, double l) {
            return switch (role) {
                case VECTOR -> Pace.UNDECAYED;
                case EMBEDDING -> Pace.EVEN;
                default -> new Pace(1 / m, m, 1);
            };
        }
    },
    /**
     * Maximal update over width (Yang et al. 2022, Tensor Programs V, arXiv:2203.03466, table 8) and depth (Dey et al. 2025,
     * CompleteP, arXiv:2505.01618, table 1, α = 1). Deviation 1: heads have one width whatever the model's, so the attention's
     * 1/√D needs no other power. Deviation 2: the weights at the base are wider than 0.02, see docs/LOG.
     */
    MUP {
        @Override
        double spread(Role role, double m, double l, ModelConfig config) {
            return switch (role) {
                case EMBEDDING, VECTOR -> EMBEDDED;
                case READS -> HIDDEN / Math.sqrt(m);
                case WRITES -> HIDDEN / Math.sqrt(m) / l;
                case UNEMBEDDING -> SPREAD / m;
            };
        }

        @Override
        Pace pace(Role role, double m, double l) {
            return switch (role) {
                case EMBEDDING -> new Pace(1, 1, 1 / m);
                case VECTOR -> new Pace(1, 0, 1 / m);
                case READS -> new Pace(1 / m, m, 1 / (m * l));
                case WRITES -> new Pace(1 / (m * l), m * l, 1 / m);
                case UNEMBEDDING -> new Pace(1 / m, m, 1);
            };
        }
    };

    /** What a parameter is for. */
    enum Role {
        EMBEDDING,
        /** Gains, shifts and biases. */
        VECTOR,
        /** Reads the residual stream. */
        READS,
        /** Writes to it. */
        WRITES,
        UNEMBEDDING
    }

    private static final double SPREAD = 0.02;
    private static final double EMBEDDED = 0.1;
    private static final double HIDDEN = 0.1;

    abstract double spread(Role role, double m, double l, ModelConfig config);

    abstract Pace pace(Role role, double m, double l);

    /** Standard deviation of a new matrix. */
    double spread(String name, ModelConfig config) {
        return spread(role(name, 2), wider(config), deeper(config), config);
    }

    /** How fast a parameter of a model learns. */
    public Pace pace(String name, Shape shape, ModelConfig config) {
        return pace(role(name, shape.dimension()), wider(config), deeper(config));
    }

    /** Whether one array may embed and unembed: not where these differ in width and rate. */
    public boolean tied() {
        return this == PLAIN;
    }

    private static double wider(ModelConfig config) {
        return (double) config.width() / Dial.BASE;
    }

    private static double deeper(ModelConfig config) {
        return (double) config.layers() / Dial.of(Dial.BASE).layers();
    }

    private static Role role(String name, int dimensions) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        if (dimensions == 1) {
            return Role.VECTOR;
        }
        return switch (last) {
            case Weights.EMBEDDING, Weights.POSITIONS -> Role.EMBEDDING;
            case Weights.HEAD -> Role.UNEMBEDDING;
            case Weights.OUTPUT, Weights.DOWN -> Role.WRITES;
            default -> Role.READS;
        };
    }
}
