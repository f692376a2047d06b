package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.web.RemoteFeedback;
import java.nio.file.Path;
import java.util.List;

/** The models of a method that learns from its own completions, and what a reward model says of them. */
record Casting(
        @Knob(value = "sft", help = "run or folder of the model to start from") String policy,
        @Knob(value = "", help = "run or folder of the model to stay near; the start where none is named")
                String reference,
        @Knob(value = "reward", help = "run or folder of the reward model") String reward) {
    private static final int WATCHED = 16;

    /** A stage that teaches a policy on prompts. */
    @FunctionalInterface
    interface Stage {
        Path run(Stages stages, Stages.Cast cast, List<Prompt> prompts, List<Prompt> watched);
    }

    /**
     * Runs the stage on the store's prompts, watched on those that are held out.
     *
     * @throws UserError if there are no prompts
     */
    Made learn(Context context, String name, Stage stage) {
        Stages.Cast cast = new Stages.Cast(
                Models.expect(context.home(), policy),
                Models.expect(context.home(), reference.isEmpty() ? policy : reference),
                Models.expect(context.home(), reward));
        List<Prompt> prompts;
        List<Prompt> heldOut;
        try (Feedback feedback = RemoteFeedback.orStore(context.home())) {
            prompts = feedback.prompts(Split.TRAIN);
            heldOut = feedback.prompts(Split.HELD_OUT);
        }
        if (prompts.isEmpty()) {
            throw new UserError("no prompts in %s; heed import prompts FILE".formatted(context.home()));
        }
        List<Prompt> watched = heldOut.isEmpty() ? prompts : heldOut;
        stage.run(new Stages(context), cast, prompts, watched.subList(0, Math.min(WATCHED, watched.size())));
        return Made.of(RunDir.at(context.home(), name));
    }
}
