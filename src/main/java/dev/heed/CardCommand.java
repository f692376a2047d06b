package dev.heed;

import dev.heed.card.Gathering;
import dev.heed.db.Feedback;
import dev.heed.eval.HeldOut;
import dev.heed.eval.report.CardData;
import dev.heed.eval.report.CardPage;
import dev.heed.eval.report.CardReadme;
import dev.heed.eval.report.Watch;
import dev.heed.run.Ancestry;
import dev.heed.run.Knob;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A model's report card: one HTML file, and the README of its folder as the Hugging Face Hub reads it. */
final class CardCommand implements Command<CardCommand.Knobs> {
    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "run of the home, or the folder of its model", positional = true)
                    String model,
            @Knob(value = "", label = "FILE", help = "HTML to write; none: card.html in the run's folder") String out,
            @Knob(
                            value = "false",
                            help =
                                    "ask a reward model about all held-out preferences that there are now; it is asked anyhow where its run has none of its answers")
                    boolean anew,
            @Knob(
                            value = "",
                            label = "URL",
                            help =
                                    "a heed serve of this home, as http://127.0.0.1:8420, to which numbers of comparisons lead")
                    String server,
            @Knob(value = "", help = "license in the README's head, as the Hub spells it: apache-2.0") String license,
            @Knob(value = "", help = "language in the README's head: en") String language,
            @Knob(value = "", label = "ID", help = "what it was trained from, as the Hub names it: owner/name")
                    String baseModel) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        RunDir run = expectRun(context.home(), knobs.model());
        if (run.finished() && Ancestry.stage(run).equals("reward")) {
            askReward(context, run, knobs.anew());
        }
        CardData data = Gathering.of(
                context.home(),
                run,
                new CardData.Hub(knobs.license(), knobs.language(), knobs.baseModel()),
                knobs.server().isEmpty() ? null : knobs.server().replaceFirst("/+$", ""));
        Path page = knobs.out().isEmpty() ? run.path().resolve("card.html") : Path.of(knobs.out());
        Path readme = run.model().resolve("README.md");
        CardPage.write(page, data);
        CardReadme.write(readme, data);
        return new Written(page, readme, Watch.of(data));
    }

    /** @throws UserError if there is no such run */
    static RunDir expectRun(Path home, String name) {
        Path folder = Path.of(name).toAbsolutePath().normalize();
        return RunDir.all(home).stream()
                .filter(run -> run.name().equals(name)
                        || run.model().toAbsolutePath().normalize().equals(folder))
                .findFirst()
                .orElseThrow(() -> new UserError("no run '%s' in %s, nor is it the folder of a run's model (it has %s)"
                        .formatted(
                                name,
                                home,
                                RunDir.all(home).stream().map(RunDir::name).collect(Collectors.joining(", ")))));
    }

    private static void askReward(Context context, RunDir run, boolean anew) {
        if (anew || !Files.exists(HeldOut.fileOf(run))) {
            context.say("asking %s about the held-out preferences".formatted(run.name()));
            try (Feedback feedback = context.feedback()) {
                Judging.write(run, context.torch(), feedback);
            }
        }
    }

    /** What was written, and what to watch. */
    record Written(Path page, Path readme, List<Watch.Finding> watch) implements Shown {
        @Override
        public String text() {
            String found = watch.stream()
                    .map(one -> "to watch: %s (%s)\n"
                            .formatted(one.found(), one.rule().limit()))
                    .collect(Collectors.joining());
            return "%s%s\n%s".formatted(found, page, readme);
        }
    }
}
