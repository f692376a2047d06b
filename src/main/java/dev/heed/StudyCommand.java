package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.db.Feedback;
import dev.heed.eval.Effect;
import dev.heed.eval.report.EffectPage;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.train.Ppo;
import dev.heed.train.Pretrain;
import dev.heed.train.RewardTraining;
import dev.heed.train.Sft;
import java.nio.file.Path;
import java.util.Locale;

/** A published effect, shown on a home's own models and preferences: a plot, and whether it holds here. */
final class StudyCommand implements Command<StudyCommand.Settings> {
    /** Those that can be shown. */
    enum Kind {
        /** Where labels are wrong, a policy that follows them too far gets worse; an ensemble holds it back. */
        OVER_OPTIMIZATION,
        /** What the best of n can gain, and how far it can stray. */
        BEST_OF_N,
        /** How much of what a reward model is pleased by is length. */
        LENGTH,
        /** How a reward model gets better with preferences. */
        LABELS,
        /** What larger models gain from the same preferences. */
        SIZES,
        /** What alignment costs in ability, and what pretraining text gives back. */
        PTX;

        Effect of(Studying study) {
            return switch (this) {
                case OVER_OPTIMIZATION -> OverOptimizationStudy.of(study);
                case BEST_OF_N -> BestOfNStudy.of(study);
                case LENGTH -> LengthStudy.of(study);
                case LABELS -> LabelsStudy.of(study);
                case SIZES -> SizesStudy.of(study);
                case PTX -> PtxStudy.of(study);
            };
        }
    }

    record Settings(
            @Knob(
                            value = "best-of-n",
                            help = "which; @over-optimization, @best-of-n, @length, @labels, @sizes, @ptx set it up")
                    Kind effect,
            Alike alike,
            @Knob(value = "64", help = "held-out prompts that policies answer as they learn") int watched,
            @Knob(value = "0.25", help = "over-optimization: share of questions whose answers are turned round")
                    double noise,
            @Knob(value = "4", help = "over-optimization: reward models in the ensemble") int members,
            @Knob(value = "0.5", help = "length: share of questions whose longer answer is made the preferred one")
                    double longer,
            @Knob(value = "64", help = "best-of-n: answers to each prompt") int answers,
            @Knob(value = "true", help = "labels and sizes: policies learn, too, to see what they win over their start")
                    boolean policies,
            @Knob(value = "32,48,64,96,144", help = "sizes: widths, parted by commas; the largest is foretold")
                    String sizes,
            @Knob(value = "36000", help = "sizes: documents of the built-in world to pretrain on") int documents,
            @Knob(value = "1500", help = "sizes: demonstrations to fine-tune on") int demonstrations,
            @Knob("pretrain") Pretrain.Config pretrain,
            @Knob("sft") Sft.Config sft,
            @Knob("reward") RewardTraining.Config reward,
            @Knob("ppo") Ppo.Config ppo) {
        Settings {
            Knobs.atLeast("watched", watched, 4);
            Knobs.between("noise", noise, 0, 0.5);
            Knobs.between("longer", longer, 0, 1);
            Knobs.between("members", members, 2, 16);
            Knobs.between("answers", answers, 16, 1024);
            Knobs.atLeast("documents", documents, 1);
            Knobs.atLeast("demonstrations", demonstrations, 1);
        }
    }

    @Override
    public Class<Settings> knobs() {
        return Settings.class;
    }

    @Override
    public Object run(Context context, Settings knobs) {
        try (Feedback feedback = context.feedback()) {
            Effect effect = knobs.effect().of(new Studying(context, knobs, feedback));
            Json.write(context.home().resolve("study-%s.json".formatted(effect.name())), effect);
            Path page = context.home().resolve("study-%s.html".formatted(effect.name()));
            EffectPage.write(page, effect);
            return new Told(effect, page);
        }
    }

    /** As people are told. */
    record Told(@JsonValue Effect effect, Path page) implements Shown {
        @Override
        public String text() {
            StringBuilder text = new StringBuilder("\n" + effect.question() + "\n" + effect.claim() + "\n\n");
            for (Effect.Curve curve : effect.curves()) {
                text.append(curve.name()).append('\n');
                curve.points()
                        .forEach(point -> text.append(String.format(
                                Locale.ROOT,
                                "  %-20s %8.3f  %8.3f (%.3f to %.3f)%n",
                                point.name(),
                                point.x(),
                                point.y().mean(),
                                point.y().low(),
                                point.y().high())));
            }
            return text + "\n" + String.join("\n", effect.found()) + "\nplot: " + page;
        }
    }
}
