package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Lora;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.train.Ensemble;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The models of a method that learns from its own completions, and what a reward model says of them. */
record Casting(
        @Knob(value = "sft", label = "MODEL", help = "run or folder of the model to start from") String policy,
        @Knob(
                        value = "",
                        label = "MODEL",
                        help = "run or folder of the model to stay near; the start where none is named")
                String reference,
        @Knob(
                        value = "reward",
                        label = "MODEL",
                        help =
                                "run or folder of the reward model; several with commas are an ensemble, none leaves it to the rubric")
                String reward,
        @Knob(
                        value = "mean",
                        help =
                                "an ensemble's score: the mean, the minimum, or by uncertainty the mean less lambda times the variance; Coste et al. 2023")
                Ensemble.Kind ensemble,
        @Knob(
                        value = "0.1",
                        help =
                                "what a unit of the ensemble's variance costs, with uncertainty; Coste et al.'s code: 0.1 for PPO, 0.5 for best-of-n")
                double ensembleLambda,
        @Knob(
                        value = "",
                        label = "<file>",
                        help =
                                "JSON of named rules with weights whose sum is added to the score, as OpenAI 2023 has for refusals; docs/RUBRICS.md")
                String rubric,
        @Knob(value = "1.0", help = "times the weight of each of those rules") double rubricWeight,
        @Knob("lora") Lora lora) {
    private static final int WATCHED = 16;
    private static final String NONE = "none";

    Casting {
        List<String> names = names(reward);
        if (reward.equals(NONE) && rubric.isEmpty()) {
            throw new UserError("--reward=none needs a --rubric: nothing else would tell one completion from another");
        }
        if (names.stream().anyMatch(String::isBlank) || Set.copyOf(names).size() < names.size()) {
            throw new UserError(
                    "--reward must be a reward model, or different ones with commas, was '%s'".formatted(reward));
        }
        if (names.size() <= 1 && ensemble != Ensemble.Kind.MEAN) {
            throw new UserError(
                    "--ensemble=%s needs several reward models, was given '%s'; name more, as in --reward=a,b"
                            .formatted(ensemble.name().toLowerCase(Locale.ROOT), reward));
        }
        Knobs.atLeast("ensemble-lambda", ensembleLambda, 0);
    }

    private static List<String> names(String commas) {
        return commas.equals(NONE)
                ? List.of()
                : Arrays.stream(commas.split(",", -1)).map(String::strip).toList();
    }

    /**
     * Teaches the policy on the store's prompts, watched on those that are held out.
     *
     * @throws UserError if there are no prompts
     */
    Made learn(Context context, String name, OnlineMethod method, Sampling sampling) {
        Cast cast = new Cast(
                Models.expect(context.home(), policy),
                Models.expect(context.home(), reference.isEmpty() ? policy : reference),
                names(reward).stream()
                        .map(judge -> Models.expect(context.home(), judge))
                        .toList(),
                new Ensemble.Rule(ensemble, ensembleLambda),
                Rules.read(rubric, rubricWeight));
        List<Prompt> prompts;
        List<Prompt> heldOut;
        try (Feedback feedback = context.feedback()) {
            prompts = feedback.prompts(Split.TRAIN);
            heldOut = feedback.prompts(Split.HELD_OUT);
        }
        if (prompts.isEmpty()) {
            throw new UserError("no prompts in %s; heed import prompts FILE".formatted(context.home()));
        }
        List<Prompt> watched = heldOut.isEmpty() ? prompts : heldOut;
        new Stages(context, lora)
                .online(
                        name,
                        method,
                        cast,
                        prompts,
                        watched.subList(0, Math.min(WATCHED, watched.size())),
                        sampling.decoding());
        return Made.of(RunDir.at(context.home(), name));
    }
}
