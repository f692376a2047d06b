package dev.heed.scale;

import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Transfer.Curve;
import dev.heed.eval.scaling.Transfer.Tried;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Parametrisation;
import dev.heed.model.Transformer;
import dev.heed.run.Interrupt;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Progress;
import dev.heed.run.UserError;
import dev.heed.tensor.Diverged;
import dev.heed.tensor.Torch;
import dev.heed.text.Tokenizer;
import dev.heed.train.Pretrain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Trains models of several widths at several learning rates, as many steps each, to see whether one rate suits them all. */
public final class TransferStudy {
    private final Torch torch;
    private final Recipe recipe;
    private final Text text;
    private final Tokenizer tokenizer;
    private final Grid grid;

    /** What is tried. */
    public record Grid(
            @Knob(value = "32,64,128", help = "widths, parted by commas") String widths,
            @Knob(value = "0.0025", help = "lowest learning rate") double lowest,
            @Knob(value = "6", help = "learning rates, each twice the one below") int rates,
            @Knob(value = "300", help = "steps of each run") int steps,
            @Knob(value = "1", help = "runs for each point, with a seed each") int repeats,
            @Knob(value = "plain,mup", help = "parametrisations, parted by commas") String kinds) {
        public Grid {
            Knobs.above("transfer-lowest", lowest, 0);
            Knobs.between("transfer-rates", rates, 1, 30);
            Knobs.atLeast("transfer-steps", steps, 10);
            Knobs.between("transfer-repeats", repeats, 1, 100);
        }

        List<Integer> allWidths() {
            try {
                return Arrays.stream(widths.split(","))
                        .map(String::strip)
                        .map(Integer::valueOf)
                        .toList();
            } catch (NumberFormatException e) {
                throw new UserError(
                        "--transfer-widths must be whole numbers with commas, was '%s'".formatted(widths), e);
            }
        }

        List<Parametrisation> allKinds() {
            try {
                return Arrays.stream(kinds.split(","))
                        .map(kind -> Parametrisation.valueOf(kind.strip().toUpperCase(Locale.ROOT)))
                        .toList();
            } catch (IllegalArgumentException e) {
                throw new UserError(
                        "--transfer-kinds must be of plain, embedding and mup with commas, was '%s'".formatted(kinds),
                        e);
            }
        }
    }

    TransferStudy(Torch torch, Recipe recipe, Text text, Tokenizer tokenizer, Grid grid) {
        this.torch = torch;
        this.recipe = recipe;
        this.text = text;
        this.tokenizer = tokenizer;
        this.grid = grid;
    }

    Transfer result() {
        List<Parametrisation> kinds = grid.allKinds();
        List<Integer> widths = grid.allWidths();
        List<Curve> curves = new ArrayList<>();
        int done = 0;
        try (Progress progress =
                Progress.of("transfer", (long) kinds.size() * widths.size() * grid.rates() * grid.repeats())) {
            for (Parametrisation kind : kinds) {
                for (int width : widths) {
                    List<Tried> tried = new ArrayList<>();
                    for (int i = 0; i < grid.rates(); i++) {
                        double rate = grid.lowest() * (1L << i);
                        tried.add(new Tried(rate, mean(kind, width, rate)));
                        done += grid.repeats();
                        progress.at(done, "%s width %d rate %.3g".formatted(name(kind), width, rate));
                    }
                    curves.add(new Curve(name(kind), width, tried));
                }
            }
        }
        return new Transfer(curves);
    }

    private static String name(Parametrisation kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private @Nullable Double mean(Parametrisation kind, int width, double rate) {
        double sum = 0;
        for (int seed = 1; seed <= grid.repeats(); seed++) {
            Interrupt.check();
            sum += loss(recipe.at(kind, rate), width, seed);
        }
        return Double.isFinite(sum) ? sum / grid.repeats() : null;
    }

    /** Held-out, nats a token; NaN where it diverged. */
    private double loss(Recipe at, int width, long seed) {
        int[][] rows = text.rows(grid.steps() * at.batch(), seed);
        ModelConfig config = at.model(width, tokenizer);
        try (Transformer model = Transformer.create(torch, config, Head.LANGUAGE, at.parametrisation(), seed);
                Pretrain pretrain =
                        new Pretrain(model, at.parametrisation(), rows, at.training(grid.steps(), at.batch()), seed)) {
            for (int step = 0; step < grid.steps(); step++) {
                pretrain.step(step);
            }
            return text.heldOutLoss(model);
        } catch (Diverged e) {
            return Double.NaN;
        }
    }
}
