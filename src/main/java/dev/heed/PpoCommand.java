package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.train.Ppo;
import dev.heed.web.RemoteFeedback;
import java.util.List;

/** A policy that a reward model likes better, not far from the reference. */
final class PpoCommand implements Command<PpoCommand.Knobs> {
    private static final int WATCHED = 16;

    record Knobs(
            @Knob(value = "sft", help = "run or folder of the model to start from") String policy,
            @Knob(value = "", help = "run or folder of the model to stay near; the start where none is named")
                    String reference,
            @Knob(value = "reward", help = "run or folder of the reward model") String reward,
            @Knob(value = "ppo", help = "name of the run") String name,
            @Knob("sample") Sampling sampling,
            Ppo.Config ppo) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        String reference = knobs.reference().isEmpty() ? knobs.policy() : knobs.reference();
        Stages.Cast cast = new Stages.Cast(
                Models.expect(context.home(), knobs.policy()),
                Models.expect(context.home(), reference),
                Models.expect(context.home(), knobs.reward()));
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
        new Stages(context.settings())
                .ppo(
                        knobs.name(),
                        cast,
                        prompts,
                        watched.subList(0, Math.min(WATCHED, watched.size())),
                        knobs.sampling().decoding(),
                        knobs.ppo());
        return Made.of(RunDir.at(context.home(), knobs.name()));
    }
}
