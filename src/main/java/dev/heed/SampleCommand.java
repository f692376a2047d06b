package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Knob;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Filters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Completions for the prompts of the store; with --compare, two for each, put before labelers. */
final class SampleCommand implements Command<SampleCommand.Knobs> {
    record Knobs(
            @Knob(value = "sft", label = "MODEL", help = "run or folder of the model that writes") String model,
            @Knob(value = "16", help = "how many prompts") int count,
            @Knob(value = "", help = "one prompt of your own, in place of the store's") String prompt,
            @Knob(value = "false", help = "put two completions of each prompt before labelers") boolean compare,
            @Knob(value = "", help = "put completions of each prompt before the labelers of this campaign")
                    String campaign,
            @Knob(value = "4", help = "completions of each prompt to rank or rate, up to 9") int each,
            Sampling sampling,
            Filters filters) {
        Knobs {
            dev.heed.run.Knobs.atLeast("count", count, 1);
            dev.heed.run.Knobs.between("each", each, 2, 9);
        }

        Decoding decoding() {
            return new Decoding(sampling.temperature(), sampling.maxTokens(), filters);
        }
    }

    /** One prompt and what the model says. */
    record Said(String prompt, String completion, boolean ended) {}

    private record SaidAll(@com.fasterxml.jackson.annotation.JsonValue List<Said> all) implements Shown {
        @Override
        public String text() {
            return all.stream()
                    .map(s -> "> " + s.prompt() + "\n  " + s.completion())
                    .collect(Collectors.joining("\n"));
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        Path model = Models.expect(context.home(), knobs.model());
        Stages stages = new Stages(context);
        if (!knobs.prompt().isEmpty()) {
            return say(stages, model, List.of(Prompt.ofText(knobs.prompt(), "", Split.TRAIN)), context, knobs);
        }
        try (Feedback feedback = context.feedback()) {
            List<Prompt> prompts = feedback.prompts(Split.TRAIN);
            if (prompts.isEmpty()) {
                throw new UserError("no prompts in %s; heed import prompts FILE, or give one with --prompt"
                        .formatted(context.home()));
            }
            List<Prompt> some = prompts.subList(0, Math.min(knobs.count(), prompts.size()));
            if (!knobs.campaign().isBlank()) {
                return ask(stages, model, some, feedback, knobs);
            }
            if (!knobs.compare()) {
                return say(stages, model, some, context, knobs);
            }
            int round = feedback.latestRound() + 1;
            stages.compare(
                    "sample-" + round,
                    round,
                    new Stages.Writers(model, model),
                    some,
                    List.of(),
                    knobs.decoding(),
                    feedback);
            return Map.of(
                    "round", round, "comparisons", feedback.comparisons(round).size());
        }
    }

    private static Object ask(Stages stages, Path model, List<Prompt> prompts, Feedback feedback, Knobs knobs) {
        Campaign campaign = expectCampaign(feedback, knobs.campaign());
        Kind kind = campaign.plan().kind();
        if (kind == Kind.RANKING && knobs.each() < kind.least()) {
            throw new UserError("campaign %s asks for rankings of %d to %d completions; --each was %d"
                    .formatted(campaign.name(), kind.least(), kind.most(), knobs.each()));
        }
        int round = feedback.latestRound() + 1;
        int each = Math.min(kind.most(), knobs.each());
        stages.ask("sample-" + round, round, model, each, prompts, campaign, knobs.decoding(), feedback);
        return Map.of(
                "campaign",
                campaign.name(),
                "round",
                round,
                "comparisons",
                feedback.comparisons(round).size());
    }

    static Campaign expectCampaign(Feedback feedback, String name) {
        return feedback.findCampaign(name)
                .orElseThrow(() -> new UserError(
                        "there is no campaign %s; begin it on the page Campaigns of heed serve".formatted(name)));
    }

    private static Object say(Stages stages, Path model, List<Prompt> prompts, Context context, Knobs knobs) {
        List<Completion> completions = stages.complete(model, prompts, knobs.decoding(), context.seed());
        List<Said> said = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            said.add(new Said(
                    prompts.get(i).text(),
                    completions.get(i).text(),
                    completions.get(i).ended()));
        }
        return new SaidAll(said);
    }
}
