package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.db.Feedback;
import dev.heed.doctor.Finding;
import dev.heed.doctor.ModelChecks;
import dev.heed.doctor.PreferenceChecks;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What every method takes for granted, checked on a model and on what the home holds. */
final class DoctorCommand implements Command<DoctorCommand.Knobs> {
    private static final int PROMPTS = 32;

    record Knobs(
            @Knob(
                            value = "sft",
                            label = "MODEL",
                            help = "run or folder of a policy; none: look at the preferences alone")
                    String model,
            @Knob(value = "", label = "MODEL", help = "run or folder of a reward model that it is to be scored by")
                    String reward,
            @Knob("sample") Sampling sampling) {}

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        List<Prompt> prompts = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        try (Feedback feedback = context.feedback()) {
            prompts.addAll(feedback.prompts(Split.HELD_OUT));
            prompts.addAll(feedback.prompts(Split.TRAIN));
            findings.addAll(PreferenceChecks.of(feedback.pairs(), prompts));
        }
        if (!knobs.model().equals("none")) {
            findings.addAll(model(context, knobs, prompts.subList(0, Math.min(PROMPTS, prompts.size()))));
        }
        return new Diagnosis(findings);
    }

    private static List<Finding> model(Context context, Knobs knobs, List<Prompt> prompts) {
        Path dir = Models.expect(context.home(), knobs.model());
        Stages stages = new Stages(context);
        try (Tokenizer tokenizer = Tokenizer.load(dir);
                Transformer model = Transformer.load(stages.torch(), dir, Head.LANGUAGE)) {
            ModelChecks checks =
                    new ModelChecks(model, tokenizer, prompts, knobs.sampling().decoding(), context.seed());
            List<Finding> findings = new ArrayList<>(checks.all());
            if (!knobs.reward().isEmpty()) {
                Path reward = Models.expect(context.home(), knobs.reward());
                try (Tokenizer theirs = Tokenizer.load(reward);
                        RewardModel scorer = RewardModel.load(stages.torch(), reward)) {
                    findings.addAll(checks.reward(scorer, theirs));
                }
            }
            return findings;
        }
    }

    /** Everything that was found, as people and programs are told. */
    record Diagnosis(@JsonValue List<Finding> findings) implements Shown {
        @Override
        public String text() {
            long open = findings.stream().filter(Finding::open).count();
            String lines = findings.stream().map(Diagnosis::line).collect(Collectors.joining("\n"));
            return "%s\n\n%s"
                    .formatted(
                            lines,
                            open == 0
                                    ? "nothing is wrong with what was looked at"
                                    : "%d of %d checks want a look".formatted(open, findings.size()));
        }

        private static String line(Finding finding) {
            String line = String.format(
                    Locale.ROOT,
                    "%-9s %-26s %s",
                    finding.verdict().name().toLowerCase(Locale.ROOT),
                    finding.check(),
                    finding.found());
            return finding.meaning().isEmpty()
                    ? line
                    : "%s%n%10s%s%n%10sto do: %s".formatted(line, "", finding.meaning(), "", finding.advice());
        }
    }
}
