package dev.heed;

import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A run that was stopped goes on: the command that began it, once more. */
final class ResumeCommand implements Command<ResumeCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "name of the run; heed runs lists them", positional = true)
                    String run) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        RunDir dir = RunDir.at(context.home(), knobs.run());
        if (!dir.begun()) {
            throw new UserError("no run '%s' in %s; those that are not done: %s"
                    .formatted(knobs.run(), context.home(), open(context)));
        }
        if (dir.words().isEmpty()) {
            throw new UserError("run %s does not say which command began it; type that command again, and it goes on"
                    .formatted(knobs.run()));
        }
        List<String> words = new ArrayList<>(dir.words());
        words.add("--home=" + context.home()); // the home may have moved
        if (context.output().json()) {
            words.add("--json");
        }
        if (context.output().quiet()) {
            words.add("--quiet");
        }
        return new Shell.Again(words);
    }

    private static String open(Context context) {
        String open = RunDir.all(context.home()).stream()
                .filter(run -> !run.finished())
                .map(RunDir::name)
                .collect(Collectors.joining(", "));
        return open.isEmpty() ? "none" : open;
    }
}
