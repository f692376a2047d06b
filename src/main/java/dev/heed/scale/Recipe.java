package dev.heed.scale;

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
import dev.heed.train.Pretrain;

/** What all runs of a ladder have in common. */
public record Recipe(
        @Knob(
                        value = "mup",
                        help =
                                "how wide new weights are and how fast each kind learns, so that one --lr suits all widths")
                Parametrisation parametrisation,
        @Knob(value = "0.01", help = "peak learning rate at every width; heed scale transfer looks for it") double lr,
        @Knob(value = "0.1", help = "AdamW's decoupled weight decay at width 64") double weightDecay,
        @Knob(value = "0.05", help = "share of the steps that warm up") double warmup,
        @Knob(value = "8", help = "rows of text an update") int batch,
        @Knob(value = "64", help = "tokens a row") int length,
        @Knob(value = "640", help = "tokens that the tokenizer learns") int vocabulary) {
    private static final double ROPE_THETA = 10_000;
    private static final double RMS_EPS = 1e-5;
    private static final double MAX_GRAD_NORM = 1;

    public Recipe {
        Knobs.above("lr", lr, 0);
        Knobs.atLeast("weight-decay", weightDecay, 0);
        Knobs.between("warmup", warmup, 0, 1);
        Knobs.between("batch", batch, 1, 4096);
        Knobs.between("length", length, 8, 8192);
        Knobs.between("vocabulary", vocabulary, 260, 65_535);
    }

    /** Tokens that an update learns from. */
    public int tokensPerStep() {
        return batch * length;
    }

    /** The same at another rate. */
    Recipe at(Parametrisation kind, double rate) {
        return new Recipe(kind, rate, weightDecay, warmup, batch, length, vocabulary);
    }

    /** The model of a width, with a vocabulary alone known of its tokenizer. */
    ModelConfig model(int width) {
        return model(width, -1, -1, -1);
    }

    /** The model of a width. */
    ModelConfig model(int width, Tokenizer tokenizer) {
        return model(width, tokenizer.bos(), tokenizer.eos(), tokenizer.pad());
    }

    private ModelConfig model(int width, int bos, int eos, int pad) {
        Dial dial = Dial.of(width);
        return new ModelConfig(
                Family.LLAMA,
                vocabulary,
                width,
                dial.layers(),
                dial.heads(),
                dial.heads(),
                Dial.HEAD,
                dial.intermediate(),
                length,
                Rope.of(ROPE_THETA),
                Activation.SILU,
                Residual.SERIAL,
                RMS_EPS,
                parametrisation.tied(),
                bos,
                eos,
                pad);
    }

    /** How a run of so many steps is trained. */
    Pretrain.Config training(int steps) {
        return new Pretrain.Config(
                steps, batch, length, lr, warmup, weightDecay, MAX_GRAD_NORM, Math.max(200, steps / 10));
    }
}
