package dev.heed.model;

import dev.heed.run.UserError;
import java.nio.file.Path;

/**
 * The shape of a decoder: all that tells one model of the families apart from another.
 *
 * @param vocabulary V, entries of the tokenizer
 * @param width C, channels of the residual stream
 * @param layers decoder layers
 * @param heads H query heads
 * @param kvHeads G heads of keys and values; divides the heads
 * @param headWidth D, channels of one head; even
 * @param intermediate F, width of the feed-forward block
 * @param context most tokens in a row
 * @param rope of families that learn no positions; others ignore it
 * @param epsilon added to the mean square in the norms
 * @param tied the vocabulary projection is the embedding
 * @param bos id that begins a text, or −1
 * @param eos id that ends one, or −1
 * @param pad id that fills rows up, or −1
 */
public record ModelConfig(
        Family family,
        int vocabulary,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int headWidth,
        int intermediate,
        int context,
        Rope rope,
        Activation activation,
        Residual residual,
        double epsilon,
        boolean tied,
        int bos,
        int eos,
        int pad) {
    /** Beyond any model of these families; without bounds, a config alone could ask for all memory. */
    private static final int MOST_LAYERS = 1024;

    private static final int WIDEST = 1 << 20;

    public ModelConfig {
        between("layers", layers, 1, MOST_LAYERS);
        between("vocabulary", vocabulary, 1, 1 << 24);
        between("width", width, 1, WIDEST);
        between("intermediate width", intermediate, 1, WIDEST);
        between("heads", heads, 1, WIDEST);
        between("kv heads", kvHeads, 1, heads);
        between("head width", headWidth, 2, WIDEST);
        between("context", context, 2, 1 << 28);
        if (headWidth % 2 != 0 || heads % kvHeads != 0) {
            throw new UserError("%d kv heads must divide %d heads, and the head width %d must be even"
                    .formatted(kvHeads, heads, headWidth));
        }
        if ((long) heads * headWidth > WIDEST) {
            throw new UserError("%d heads of width %d are more than %d channels".formatted(heads, headWidth, WIDEST));
        }
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new UserError("the epsilon of the norms must be above 0 and below 1, was " + epsilon);
        }
        id("bos", bos, vocabulary);
        id("eos", eos, vocabulary);
        id("pad", pad, vocabulary);
    }

    /** A model in the Llama layout, of which Heed makes its own. */
    public static ModelConfig llama(
            int vocabulary,
            int width,
            int layers,
            int heads,
            int kvHeads,
            int intermediate,
            int context,
            double ropeTheta,
            double rmsEps,
            boolean tied,
            int bos,
            int eos,
            int pad) {
        between("heads", heads, 1, width);
        if (width % heads != 0) {
            throw new UserError("%d heads must divide width %d into an even number".formatted(heads, width));
        }
        return new ModelConfig(
                Family.LLAMA,
                vocabulary,
                width,
                layers,
                heads,
                kvHeads,
                width / heads,
                intermediate,
                context,
                Rope.of(ropeTheta),
                Activation.SILU,
                Residual.SERIAL,
                rmsEps,
                tied,
                bos,
                eos,
                pad);
    }

    /**
     * Reads a folder's config.json, in the dialects of transformers 4 and 5.
     *
     * @throws UserError if it is absent or not a model of these families
     */
    public static ModelConfig read(Path dir) {
        return ConfigFile.read(dir);
    }

    /** Whether queries and keys are turned by their position. */
    boolean turns() {
        return !family.learnsPositions();
    }

    /** H · D, channels of all query heads. */
    int attended() {
        return heads * headWidth;
    }

    /** G · D, channels of all heads of keys. */
    int shared() {
        return kvHeads * headWidth;
    }

    /** How many numbers its arrays hold. */
    public long parameters(Head head) {
        return Layout.of(this, head).stream()
                .mapToLong(part -> part.shape().size())
                .sum();
    }

    /** Memory for the keys and values of a row of so many tokens, at most. */
    public long bytesKept(int tokens) {
        return 2L * layers * shared() * tokens * Float.BYTES;
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new UserError("%s must be from %d to %d, was %d".formatted(name, least, most, value));
        }
    }

    private static void id(String name, int id, int vocabulary) {
        if (id < -1 || id >= vocabulary) {
            throw new UserError("the %s id %d is outside the vocabulary of %d".formatted(name, id, vocabulary));
        }
    }
}
