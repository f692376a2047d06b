package dev.heed.scale;

import dev.heed.eval.scaling.Trial;
import dev.heed.model.Dial;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Transformer;
import dev.heed.run.Gauge;
import dev.heed.run.Json;
import dev.heed.run.Manifest;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.Settings;
import dev.heed.tensor.Diverged;
import dev.heed.tensor.Torch;
import dev.heed.text.Tokenizer;
import dev.heed.train.Checkpoints;
import dev.heed.train.Pretrain;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a plan: a model of its width, trained as the recipe says and measured on held-out text. */
final class Training {
    private static final int TENTHS = 10;

    private final Settings settings;
    private final List<String> words;
    private final Torch torch;
    private final Recipe recipe;
    private final Source source;
    private final Text text;
    private final Path tokenizer;

    /** @param words the command that begins its runs, see {@link RunDir#words} */
    Training(
            Settings settings,
            List<String> words,
            Torch torch,
            Recipe recipe,
            Source source,
            Text text,
            Path tokenizer) {
        this.settings = settings;
        this.words = words;
        this.torch = torch;
        this.recipe = recipe;
        this.source = source;
        this.text = text;
        this.tokenizer = tokenizer;
    }

    /** What a run reads. */
    private record Begun(int width, int batch, int steps, long seed, Recipe recipe, Source source) {}

    /** Trains a run from where it stands to its end; one that is done stays as it is. */
    void run(Planned planned, boolean keep, Supplier<Gauge> gauge) {
        RunDir dir = RunDir.at(settings.home(), planned.run());
        boolean fresh = !dir.begun();
        dir.begin(
                settings,
                new Begun(planned.width(), planned.batch(), planned.steps(), planned.seed(), recipe, source),
                words);
        if (dir.finished()) {
            return;
        }
        dir.work();
        try (Tokenizer read = Tokenizer.load(tokenizer)) {
            ModelConfig config = recipe.model(Dial.of(planned.width()), read);
            try (Transformer model =
                    Transformer.create(torch, config, Head.LANGUAGE, recipe.parametrisation(), planned.seed())) {
                Trial trial = trained(planned, model, dir, fresh, gauge);
                if (keep) {
                    model.save(dir.model());
                    read.saveTo(dir.model());
                    Manifest.of("scale", settings, recipe).write(dir.model());
                }
                dir.finish(trial);
            }
        }
        new Checkpoints(dir.checkpoints()).clear();
    }

    private Trial trained(Planned planned, Transformer model, RunDir dir, boolean fresh, Supplier<Gauge> gauge) {
        int[][] rows = text.rows(planned.steps() * planned.batch(), planned.seed());
        long start = System.nanoTime();
        try (Pretrain pretrain = new Pretrain(
                model,
                recipe.parametrisation(),
                rows,
                recipe.training(planned.steps(), planned.batch()),
                planned.seed())) {
            pretrain.train(dir, (step, log) -> measured(model, step, planned.steps()), gauge);
            double seconds = fresh ? (System.nanoTime() - start) / 1e9 : Double.NaN;
            double loss = text.heldOutLoss(model);
            return trial(planned, loss, curve(dir, loss), text.surprises(model), seconds, null);
        } catch (Diverged e) {
            return trial(
                    planned, Double.NaN, new double[0], new double[0][], Double.NaN, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, ?> measured(Transformer model, long step, int steps) {
        boolean tenth = (step + 1) * TENTHS / steps > step * TENTHS / steps;
        return tenth ? Map.of("held_out_loss", text.partLoss(model)) : Map.of();
    }

    /** What was measured on a part of the text, moved by as much as the part is easier or harder than the whole in the end. */
    private static double[] curve(RunDir dir, double end) {
        double[] part = RunLog.metricsOf(dir).stream()
                .filter(line -> line.has("held_out_loss"))
                .mapToDouble(line -> line.path("held_out_loss").asDouble())
                .toArray();
        return Arrays.stream(part)
                .map(loss -> loss + end - part[part.length - 1])
                .toArray();
    }

    private Trial trial(
            Planned planned, double loss, double[] curve, double[][] surprises, double seconds, @Nullable String why) {
        double guessing = Math.log(recipe.vocabulary());
        String diverged = why == null && !(loss < guessing)
                ? "its held-out loss of %.2f nats is no better than guessing (%.2f)".formatted(loss, guessing)
                : why;
        return new Trial(
                planned.run(),
                planned.width(),
                planned.onLine(),
                planned.seed(),
                planned.spent(),
                loss,
                loss * source.bitsPerNat(),
                curve,
                surprises,
                seconds,
                source.hash(),
                source.tokenizer(),
                diverged);
    }

    /** What a run came to. */
    static Trial of(RunDir dir) {
        return Json.read(dir.path().resolve("result.json"), Trial.class);
    }
}
