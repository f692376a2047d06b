package dev.heed;

import dev.heed.db.Feedback;

/** The report card of every model of the loop so far, with intervals. */
final class EvalCommand implements Command<EvalCommand.Knobs> {
    record Knobs(Loop.Config loop) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (Feedback feedback = context.feedback()) {
            Stages stages = new Stages(context);
            Loop loop = new Loop(context.settings(), knobs.loop(), feedback, stages);
            return Story.tell(context, stages, knobs.loop(), loop.evaluate());
        }
    }
}
