package dev.heed;

import dev.heed.model.Activation;
import dev.heed.model.Dial;
import dev.heed.model.Family;
import dev.heed.model.ModelConfig;
import dev.heed.model.Parametrisation;
import dev.heed.model.Residual;
import dev.heed.model.Rope;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.text.Tokenizer;

/** The size of a new model. */
public record Shape(
        @Knob(value = "4", help = "decoder layers") int layers,
        @Knob(value = "160", help = "channels of the residual stream") int width,
        @Knob(value = "5", help = "attention heads; must divide the width") int heads,
        @Knob(value = "448", help = "channels inside the feed-forward part") int intermediate,
        @Knob(value = "256", help = "longest row of tokens that it can read") int context,
        @Knob(
                        value = "0",
                        help =
                                "the one dial: a width from which layers, heads and intermediate channels follow; 0: all are as given")
                int dial,
        @Knob(
                        value = "plain",
                        help =
                                "how wide new weights are and how fast each kind learns; with mup the best --lr is the same at every width")
                Parametrisation parametrisation) {
    private static final double ROPE_THETA = 10_000;
    private static final double RMS_EPS = 1e-5;

    public Shape {
        if (dial != 0) {
            Dial all = Dial.of(dial);
            width = all.width();
            layers = all.layers();
            heads = all.heads();
            intermediate = all.intermediate();
        }
        Knobs.between("layers", layers, 1, 64);
        Knobs.between("width", width, 16, 4096);
        Knobs.between("heads", heads, 1, width);
        Knobs.atLeast("intermediate", intermediate, 16);
        Knobs.between("context", context, 16, 8192);
        if (dial == 0 && width % (2 * heads) != 0) {
            throw new dev.heed.run.UserError(
                    "--width must be a multiple of twice --heads, was %d with %d heads".formatted(width, heads));
        }
    }

    ModelConfig config(Tokenizer tokenizer) {
        return new ModelConfig(
                Family.LLAMA,
                tokenizer.size(),
                width,
                layers,
                heads,
                heads,
                dial == 0 ? width / heads : Dial.HEAD,
                intermediate,
                context,
                Rope.of(ROPE_THETA),
                Activation.SILU,
                Residual.SERIAL,
                RMS_EPS,
                parametrisation.tied(),
                tokenizer.bos(),
                tokenizer.eos(),
                tokenizer.pad());
    }
}
