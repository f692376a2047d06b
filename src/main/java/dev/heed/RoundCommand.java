package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.run.Knob;

/** Once more around the loop, on whatever has been labeled since. */
final class RoundCommand implements Command<RoundCommand.Knobs> {
    record Knobs(
            @Knob(value = "people", help = "who answers what is still open") Loop.Labelers labelers,
            Loop.Config loop) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (Feedback feedback = context.feedback()) {
            Stages stages = new Stages(context);
            Outcome outcome = new Loop(context.settings(), knobs.loop(), feedback, stages).again(knobs.labelers());
            return Story.tell(context, stages, knobs.loop(), outcome);
        }
    }
}
