package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Lora;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.train.RewardTraining;
import java.nio.file.Path;
import java.util.List;

/** A reward model from the preferences of the store. */
final class RewardCommand implements Command<RewardCommand.Knobs> {
    private static final int SCALE_SAMPLES = 256;

    record Knobs(
            @Knob(value = "sft", label = "MODEL", help = "run or folder of the model to start from") String model,
            @Knob(value = "reward", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            RewardTraining.Config reward,
            @Knob("lora") Lora lora) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        Path model = Models.expect(context.home(), knobs.model());
        try (Feedback feedback = context.feedback()) {
            if (feedback.pairs().isEmpty()) {
                throw new UserError("no preferences in %s; label some (heed serve), or heed import preferences FILE"
                        .formatted(context.home()));
            }
            RewardStage stage = new Stages(context, knobs.lora()).rewards();
            Path snapshots = context.home().resolve("snapshots");
            Snapshot preferences =
                    stage.findPreferences(knobs.name(), snapshots).orElseGet(() -> feedback.snapshot(snapshots));
            List<Prompt> prompts = feedback.prompts(Split.TRAIN);
            stage.reward(
                    knobs.name(),
                    model,
                    preferences,
                    prompts.subList(0, Math.min(SCALE_SAMPLES, prompts.size())),
                    knobs.sampling().decoding(),
                    knobs.reward());
            stage.heldOut(knobs.name(), feedback);
        }
        return Made.of(RunDir.at(context.home(), knobs.name()));
    }
}
