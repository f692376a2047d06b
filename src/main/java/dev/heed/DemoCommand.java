package dev.heed;

import dev.heed.db.FeedbackStore;
import dev.heed.run.Knob;
import dev.heed.web.WebServer;

/** The whole loop on the built-in world from nothing, then the web app with comparisons to label. */
final class DemoCommand implements Command<DemoCommand.Knobs> {
    record Knobs(
            @Knob(value = "true", help = "leave the web app running at the end") boolean serve,
            @Knob("web") ServeCommand.Listening web,
            Loop.Config loop) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        try (FeedbackStore feedback = context.openStore()) {
            Stages stages = new Stages(context);
            Outcome outcome = new Loop(context.settings(), knobs.loop(), feedback, stages).run();
            Story story = Story.tell(context, stages, knobs.loop(), outcome);
            if (knobs.serve()) {
                context.say(story.text());
                ServeCommand.serve(context, feedback, knobs.web(), WebServer.Entry.LOCAL);
            }
            return story;
        }
    }
}
