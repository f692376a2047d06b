package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Lora;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.List;

/** The models of a method that learns straight from the preferences of the store. */
record Kinship(
        @Knob(value = "sft", label = "MODEL", help = "run or folder of the model to start from") String policy,
        @Knob(
                        value = "",
                        label = "MODEL",
                        help = "run or folder of the model to stay near; the start where none is named")
                String reference,
        @Knob("sample") Sampling sampling,
        @Knob("lora") Lora lora) {
    private static final int WATCHED = 16;

    /** A stage that makes a policy of preferences. */
    @FunctionalInterface
    interface Stage {
        Path run(DirectStage stages, DirectStage.Given given);
    }

    /**
     * Runs the stage on everything that was said so far, or, where the run was begun before, on what it was begun with.
     *
     * @throws UserError if there are no preferences
     */
    Made learn(Context context, String name, Stage stage) {
        Path start = Models.expect(context.home(), policy);
        Path near = reference.isEmpty() ? start : Models.expect(context.home(), reference);
        Path snapshots = context.home().resolve("snapshots");
        try (Feedback feedback = context.feedback()) {
            if (feedback.pairs().isEmpty()) {
                throw new UserError("no preferences in %s; label some (heed serve), or heed import preferences FILE"
                        .formatted(context.home()));
            }
            Stages stages = new Stages(context, lora);
            Snapshot preferences =
                    stages.rewards().findPreferences(name, snapshots).orElseGet(() -> feedback.snapshot(snapshots));
            List<Prompt> heldOut = feedback.prompts(Split.HELD_OUT);
            List<Prompt> watched = heldOut.isEmpty() ? feedback.prompts(Split.TRAIN) : heldOut;
            stage.run(
                    stages.direct(),
                    new DirectStage.Given(
                            start,
                            near,
                            preferences,
                            watched.subList(0, Math.min(WATCHED, watched.size())),
                            sampling.decoding()));
        }
        return Made.of(RunDir.at(context.home(), name));
    }
}
