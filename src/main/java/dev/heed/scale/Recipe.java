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
        @Knob(value = "0.005", help = "peak learning rate at every width; heed scale transfer looks for it") double lr,
        @Knob(value = "0.1", help = "AdamW's decoupled weight decay at width 64") double weightDecay,
        @Knob(value = "0.05", help = "share of the steps that warm up") double warmup,
        @Knob(value = "64", help = "rows of text an update of a run of 1e15 floating-point operations") int batch,
        @Knob(
                        value = "0.33",
                        help =
                                "rows an update grow as compute to this power, and are at least one; 0: as many in every run")
                double batchGrowth,
        @Knob(value = "64", help = "tokens a row") int length,
        @Knob(value = "640", help = "tokens that the tokenizer learns") int vocabulary) {
    private static final double BATCH_COMPUTE = 1e15;
    private static final double ROPE_THETA = 10_000;
    private static final double RMS_EPS = 1e-5;
    private static final double MAX_GRAD_NORM = 1;

    public Recipe {
        Knobs.above("lr", lr, 0);
        Knobs.atLeast("weight-decay", weightDecay, 0);
        Knobs.between("warmup", warmup, 0, 1);
        Knobs.between("batch", batch, 1, 4096);
        Knobs.between("batch-growth", batchGrowth, 0, 1);
        Knobs.between("length", length, 8, 8192);
        Knobs.between("vocabulary", vocabulary, 260, 65_535);
    }

    /**
     * Rows of text an update. The more a model knows already, the more rows its gradient needs to stand out from their noise
     * (McCandlish et al. 2018, arXiv:1812.06162); what is best grows as compute to the power of 0.33 (DeepSeek-AI 2024,
     * arXiv:2401.02954, eq. 4).
     *
     * @param compute floating-point operations of the run
     */
    public int batch(double compute) {
        return (int) Math.max(1, Math.round(batch * Math.pow(compute / BATCH_COMPUTE, batchGrowth)));
    }

    /** The same at another rate. */
    Recipe at(Parametrisation kind, double rate) {
        return new Recipe(kind, rate, weightDecay, warmup, batch, batchGrowth, length, vocabulary);
    }

    /** The model of a width, with a vocabulary alone known of its tokenizer. */
    ModelConfig model(int width) {
        return model(Dial.of(width), -1, -1, -1);
    }

    /** The model of a shape. */
    ModelConfig model(Dial dial, Tokenizer tokenizer) {
        return model(dial, tokenizer.bos(), tokenizer.eos(), tokenizer.pad());
    }

    private ModelConfig model(Dial dial, int bos, int eos, int pad) {
        return new ModelConfig(
                Family.LLAMA,
                vocabulary,
                dial.width(),
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

    /** How a run of so many steps of so many rows is trained. */
    Pretrain.Config training(int steps, int rows) {
        return new Pretrain.Config(
                steps, rows, length, lr, warmup, weightDecay, MAX_GRAD_NORM, Math.max(200, steps / 10));
    }
}
