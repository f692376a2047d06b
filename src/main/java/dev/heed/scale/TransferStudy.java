package dev.heed.scale;

import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Transfer.Curve;
import dev.heed.eval.scaling.Transfer.Tried;
import dev.heed.model.Dial;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Parametrisation;
import dev.heed.model.Transformer;
import dev.heed.run.Interrupt;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Progress;
import dev.heed.run.UserError;
import dev.heed.tensor.Diverged;
import dev.heed.tensor.Torch;
import dev.heed.text.Tokenizer;
import dev.heed.train.Pretrain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains models of several widths at several learning rates, as many steps each, to see whether one rate suits them all. Each run's
 * loss is kept in a file of its own, so that a study that was stopped goes on where it stood, and several processes may share one.
 */
public final class TransferStudy {
    private final Torch torch;
    private final Recipe recipe;
    private final Text text;
    private final Tokenizer tokenizer;
    private final Grid grid;
    private final Path folder;

    /** What is tried. */
    public record Grid(
            @Knob(value = "32,64,128", help = "widths, parted by commas") String widths,
            @Knob(value = "0.0025", help = "lowest learning rate") double lowest,
            @Knob(value = "6", help = "learning rates, each twice the one below") int rates,
            @Knob(value = "300", help = "steps of each run") int steps,
            @Knob(value = "8", help = "rows of text an update") int batch,
            @Knob(value = "0", help = "layers of every model; 0: as many as its width has") int layers,
            @Knob(value = "1", help = "runs for each point, with a seed each") int repeats,
            @Knob(value = "plain,mup", help = "parametrisations, parted by commas") String kinds) {
        public Grid {
            Knobs.above("transfer-lowest", lowest, 0);
            Knobs.between("transfer-rates", rates, 1, 30);
            Knobs.atLeast("transfer-steps", steps, 10);
            Knobs.between("transfer-batch", batch, 1, 4096);
            Knobs.between("transfer-layers", layers, 0, 100);
            Knobs.between("transfer-repeats", repeats, 1, 100);
        }

        List<Integer> allWidths() {
            return Knobs.wholeNumbers("transfer-widths", widths);
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

        /** The shape of a width's models. */
        Dial dial(int width) {
            Dial own = Dial.of(width);
            return layers == 0 ? own : new Dial(width, layers, own.heads(), own.intermediate());
        }

        List<Double> allRates() {
            return IntStream.range(0, rates).mapToObj(i -> lowest * (1L << i)).toList();
        }
    }

    /** One run. */
    private record Point(Parametrisation kind, int width, double rate, long seed) {}

    /** @param loss held-out, nats a token; null where it diverged */
    private record Reached(@Nullable Double loss) {}

    /** @param folder for what runs came to */
    TransferStudy(Torch torch, Recipe recipe, Text text, Tokenizer tokenizer, Grid grid, Path folder) {
        this.torch = torch;
        this.recipe = recipe;
        this.text = text;
        this.tokenizer = tokenizer;
        this.grid = grid;
        this.folder = folder;
    }

    Transfer result() {
        List<Point> points = points();
        try (Progress progress = Progress.of("transfer", points.size())) {
            new Claims(folder).share(torch, points, new Claims.Work<Point>() {
                @Override
                public String name(Point point) {
                    return TransferStudy.this.name(point);
                }

                @Override
                public boolean done(Point point) {
                    return Files.exists(file(point));
                }

                @Override
                public void work(Point point) {
                    double loss = loss(point);
                    Json.write(file(point), new Reached(Double.isFinite(loss) ? loss : null));
                    progress.at(
                            points.stream().filter(this::done).count(),
                            "%s width %d rate %.3g".formatted(TransferStudy.name(point.kind), point.width, point.rate));
                }
            });
        }
        List<Curve> curves = new ArrayList<>();
        for (Parametrisation kind : grid.allKinds()) {
            for (int width : grid.allWidths()) {
                curves.add(new Curve(
                        name(kind),
                        width,
                        grid.allRates().stream()
                                .map(rate -> Tried.of(rate, losses(kind, width, rate)))
                                .toList()));
            }
        }
        return new Transfer(curves);
    }

    private List<Point> points() {
        List<Point> points = new ArrayList<>();
        for (Parametrisation kind : grid.allKinds()) {
            for (int width : grid.allWidths()) {
                for (double rate : grid.allRates()) {
                    for (long seed = 1; seed <= grid.repeats(); seed++) {
                        points.add(new Point(kind, width, rate, seed));
                    }
                }
            }
        }
        return points;
    }

    private Path file(Point point) {
        return folder.resolve(name(point) + ".json");
    }

    /** Whatever decides what it comes to. */
    private String name(Point point) {
        return "%s-width%d-rate%s-seed%d-steps%d-batch%d-layers%d"
                .formatted(
                        name(point.kind),
                        point.width,
                        point.rate,
                        point.seed,
                        grid.steps(),
                        grid.batch(),
                        grid.layers());
    }

    private static String name(Parametrisation kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private List<@Nullable Double> losses(Parametrisation kind, int width, double rate) {
        List<@Nullable Double> losses = new ArrayList<>();
        for (long seed = 1; seed <= grid.repeats(); seed++) {
            losses.add(Json.read(file(new Point(kind, width, rate, seed)), Reached.class)
                    .loss());
        }
        return losses;
    }

    /** Held-out, nats a token; NaN where it diverged. */
    private double loss(Point point) {
        Recipe at = recipe.at(point.kind, point.rate);
        int[][] rows = text.rows(grid.steps() * grid.batch(), point.seed);
        ModelConfig config = at.model(grid.dial(point.width), tokenizer);
        try (Transformer model = Transformer.create(torch, config, Head.LANGUAGE, point.kind, point.seed);
                Pretrain pretrain =
                        new Pretrain(model, point.kind, rows, at.training(grid.steps(), grid.batch()), point.seed)) {
            for (int step = 0; step < grid.steps(); step++) {
                Interrupt.check();
                pretrain.step(step);
            }
            return text.heldOutLoss(model);
        } catch (Diverged e) {
            return Double.NaN;
        }
    }
}
