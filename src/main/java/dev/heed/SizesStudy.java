package dev.heed;

import dev.heed.eval.Effect;
import dev.heed.model.Flops;
import dev.heed.model.Parametrisation;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * How accurate reward models of several sizes are that learned from the same preferences, and how much policies of these sizes win:
 * each size is pretrained and fine-tuned on the same text and demonstrations. What the largest comes to is foretold from the others.
 */
final class SizesStudy {
    private static final int FEWEST = 5;
    private static final int CONTEXT = 256;

    private SizesStudy() {}

    static Effect of(Studying study) {
        String wanted = study.knobs().sizes();
        List<Integer> widths =
                Knobs.wholeNumbers("sizes", wanted).stream().sorted().distinct().toList();
        if (widths.size() < FEWEST) {
            throw new UserError("--sizes must be at least %d widths, one of which is foretold from the others, was '%s'"
                    .formatted(FEWEST, wanted));
        }
        Growth growth = new Growth(
                study, "sizes", widths.stream().map(width -> step(study, width)).toList());
        return growth.effect(
                "What do larger models make of the same preferences?",
                "On summaries, a reward model of twice the size was right about 1.8 percentage points more often.",
                "Stiennon et al. 2020, arXiv:2009.01325, figure 6",
                List.of());
    }

    private static Growth.Step step(Studying study, int width) {
        long parameters = parameters(study, width);
        return new Growth.Step(
                "%,d parameters".formatted(parameters),
                String.valueOf(width),
                parameters,
                seed -> new Growth.Beginning(study.from(taught(study, width, seed)), study.all()));
    }

    private static Shape shape(int width) {
        return new Shape(1, 16, 1, 16, CONTEXT, width, Parametrisation.PLAIN);
    }

    /** Numbers that a token is multiplied with. */
    private static long parameters(Studying study, int width) {
        try (Tokenizer tokenizer = Tokenizer.load(study.start())) {
            return Flops.multiplied(shape(width).config(tokenizer));
        }
    }

    /** A model of a width that has read and been shown what the home's own has. */
    private static Path taught(Studying study, int width, long seed) {
        StudyCommand.Settings knobs = study.knobs();
        Stages stages = study.stages(seed);
        Path base = stages.pretrain(
                "study-sizes-base-%d-%d".formatted(width, seed),
                study.start(),
                study.world().text(knobs.documents()),
                List.of(),
                shape(width),
                knobs.pretrain());
        return stages.sft(
                "study-sizes-sft-%d-%d".formatted(width, seed),
                base,
                study.world().demonstrations(knobs.demonstrations()),
                knobs.sft());
    }
}
