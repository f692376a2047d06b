package dev.heed.train;

import java.util.List;
import java.util.Optional;

/**
 * What a logged number says, the same in every method that logs it.
 *
 * @param name as metrics.jsonl has it
 * @param unit "nats a token"; empty of a plain number
 * @param what it measures
 * @param healthy what it should look like
 * @param otherwise what to think of, and do, if it does not
 */
public record Meaning(String name, String unit, String what, String healthy, String otherwise) {
    /** Every metric that a method logs, in the order in which people look at them. */
    public static final List<Meaning> ALL = List.of(
            new Meaning(
                    "loss",
                    "nats, where nothing else is said",
                    "what the step minimises: surprise at a token (pretrain, sft, rejection), at a preference (reward, dpo, online-dpo), or a clipped surrogate (ppo, grpo, rloo), whose size alone says little",
                    "falls when pretraining and fine-tuning; below ln 2 = 0.693 for dpo, online-dpo and a reward model (more is right with --margin or of rankings: ln 6 for three texts in order); near 0 for ppo, grpo and rloo, where advantages sum to 0",
                    "rising or jagged: a smaller --lr or a longer --warmup. At ln 2 with a high accuracy: the scores are right in order but tiny, so train longer or with a larger --lr. Not a number: the run has stopped itself; go on from its last checkpoint with a smaller --lr"),
            new Meaning(
                    "facts_known",
                    "share",
                    "facts of the built-in world whose true ending is the likeliest of all candidates",
                    "stays at chance for long and then rises steeply to above 0.95",
                    "still at chance in the end: more --pretrain-steps, or a larger --pretrain-lr"),
            new Meaning(
                    "held_out_loss",
                    "nats",
                    "surprise a token on a part of the text that a ladder's runs are measured on, at each tenth of a run",
                    "falls, fast at first, and once more in the end, as the learning rate decays",
                    "rising in the end: the text was read too often; give more of it, or plan with less --compute"),
            new Meaning(
                    "tokens_per_second",
                    "tokens/s",
                    "how fast the step was",
                    "steady",
                    "falling: other programs run beside it, or the machine is short of memory"),
            new Meaning(
                    "tokens",
                    "",
                    "how many tokens the step learned from",
                    "varies with the lengths of the texts",
                    "0 or 1: the completions are empty; heed doctor"),
            new Meaning(
                    "accuracy",
                    "share",
                    "pairs of the step, ties aside, whose preferred text scores strictly higher",
                    "rises from 0.5 to what labelers' own agreement allows (heed eval shows that ceiling)",
                    "stays at 0.5: preferences contradict each other (heed doctor), or the model cannot tell such texts apart. Above 0.9: look for a giveaway, such as length or a leak"),
            new Meaning(
                    "margin",
                    "score",
                    "score of the preferred text less that of the other, over decided pairs",
                    "grows from 0 to about 1",
                    "grows without end: the model overfits; fewer --epochs or more --centering"),
            new Meaning(
                    "score",
                    "standard deviations",
                    "what the reward model says of the completions, from the mean of the model that learning began with; a completion without an end has its own score",
                    "rises, most of it in the first third",
                    "flat: a larger --lr, or less --kl-coef. Rising while people or a held-out judge like the answers less: over-optimisation; stop earlier, or raise the KL weight"),
            new Meaning(
                    "rules",
                    "standard deviations",
                    "what each rule of the --rubric gave a completion, by its name; they are part of the score",
                    "rises where a rule's weight is above 0, goes to 0 where it is below",
                    "flat: no completion obeys the rule, or all do, so that it teaches nothing; a larger weight does not help, an easier rule does"),
            new Meaning(
                    "reward",
                    "standard deviations",
                    "score less the penalty for straying from the reference: what is maximised",
                    "rises with the score, more slowly",
                    "falls while the score rises: the penalty outweighs the gain; that is what the KL weight is for"),
            new Meaning(
                    "reward_std",
                    "standard deviations",
                    "how much the scores of one prompt's completions differ",
                    "well above 0",
                    "near 0: the completions of a prompt are all alike, so there is nothing to learn from; a higher temperature, or more completions a prompt"),
            new Meaning(
                    "score_margin",
                    "standard deviations",
                    "how much better the chosen completion of a pair scores than the rejected",
                    "near the scores' own deviation",
                    "near 0: the two completions of a prompt are alike; a higher temperature, or more --completions"),
            new Meaning(
                    "score_kept",
                    "standard deviations",
                    "score of the completions that became demonstrations",
                    "above score by about what the best of n is above the mean (1.4 deviations for 8)",
                    "near score: the completions of a prompt are all alike; more --completions, a higher temperature"),
            new Meaning(
                    "frac_kept",
                    "share",
                    "completions of the step that became demonstrations",
                    "--keep divided by --completions",
                    "less: for some prompts no completion ends; more --max-tokens"),
            new Meaning(
                    "frac_reward_zero_std",
                    "share",
                    "prompts all of whose completions have the same score",
                    "below a half",
                    "near 1: nothing is learned in such a step; harder prompts, a finer reward, or a higher temperature"),
            new Meaning(
                    "kl",
                    "nats a completion",
                    "how far the policy has gone from the reference, estimated by the log-ratio of its own completions (k1); in kto, of mismatched ones, cut off below 0",
                    "0 in the first step, then rises slowly to the --kl-target or some nats; it may be a little below 0 by chance",
                    "clearly below 0: sampler and trainer disagree; heed doctor. Above 10: the policy has left the language that the reward model knows; raise the KL weight"),
            new Meaning(
                    "kl_k3",
                    "nats a completion",
                    "the same by an estimator that is never below 0 and varies less (k3)",
                    "near kl",
                    "far above kl: a few tokens have become nearly impossible under the policy"),
            new Meaning(
                    "kl_coef",
                    "a nat",
                    "weight of the KL penalty in the reward",
                    "fixed, or moves by at most a fifth of its step towards the target",
                    "at 0.005 or less: hardly anything holds the policy; a larger --kl-horizon steers more gently"),
            new Meaning(
                    "policy_loss",
                    "",
                    "the clipped surrogate of the policy",
                    "near 0, either side",
                    "its size says little; look at ratio, clipfrac and kl"),
            new Meaning(
                    "value_loss",
                    "squared standard deviations",
                    "half the squared error of the critic's estimates",
                    "falls in the first steps",
                    "rising: a smaller --critic-lr"),
            new Meaning(
                    "ptx_loss",
                    "nats a token",
                    "surprise at the text that is mixed into PPO's updates (--ptx-coef)",
                    "stays where it began",
                    "rises: the policy unlearns that text; a larger --ptx-coef"),
            new Meaning(
                    "explained_variance",
                    "share",
                    "how much of the returns' variance the critic foresaw: 1 all of it, 0 none",
                    "rises above 0.3",
                    "below 0: the critic does worse than a constant; a smaller --critic-lr, or more steps"),
            new Meaning(
                    "ratio",
                    "",
                    "mean of the policy's probabilities over those at sampling",
                    "between 0.9 and 1.1",
                    "further from 1: fewer --epochs or a smaller --lr"),
            new Meaning(
                    "first_ratio_error",
                    "",
                    "largest distance of that ratio from 1 before the step's first update",
                    "0 but for rounding",
                    "above 0.001: what is trained is not what was sampled; heed doctor"),
            new Meaning(
                    "approxkl",
                    "nats a token",
                    "how far the step has moved the policy from what it sampled with",
                    "below 0.02",
                    "larger: fewer --epochs, a smaller --lr"),
            new Meaning(
                    "clipfrac",
                    "share",
                    "tokens whose ratio left the clip range",
                    "0.01 to 0.2",
                    "above 0.3: steps are too large; a smaller --lr. 0 throughout: they could be larger"),
            new Meaning(
                    "clip_ratio_low_mean",
                    "share",
                    "tokens (or completions) that clipping from below holds",
                    "below 0.2",
                    "larger: a smaller --lr"),
            new Meaning(
                    "clip_ratio_low_min",
                    "share",
                    "the smallest such share among the step's updates",
                    "near 0: the first update clips nothing",
                    "above 0 with one update a step: sampler and trainer disagree; heed doctor"),
            new Meaning(
                    "clip_ratio_high_mean",
                    "share",
                    "tokens (or completions) that clipping from above holds",
                    "below 0.2",
                    "larger: a smaller --lr, or a larger --clip-high"),
            new Meaning(
                    "clip_ratio_high_max",
                    "share",
                    "the largest such share among the step's updates",
                    "below 0.4",
                    "larger: fewer --epochs"),
            new Meaning(
                    "clip_ratio_region_mean",
                    "share",
                    "tokens (or completions) that clipping holds from either side",
                    "0.01 to 0.2",
                    "above 0.3: a smaller --lr"),
            new Meaning(
                    "entropy",
                    "nats a token",
                    "how undecided the policy is about its next token",
                    "falls slowly, and stays above a third of where it began",
                    "collapses towards 0: answers become all alike; more KL weight, fewer steps"),
            new Meaning(
                    "length",
                    "tokens a completion",
                    "how long completions are, their end included",
                    "moves by less than a third",
                    "grows with the score: the reward model may like length (heed eval shows the correlation); compare the length-controlled win rate"),
            new Meaning(
                    "eos_rate",
                    "share",
                    "completions that end by themselves",
                    "rises to above 0.95",
                    "falls: missing ends cost too little; --missing-eos-score, or more --max-tokens"),
            new Meaning(
                    "nll_loss",
                    "nats a token",
                    "surprise at the chosen completions (in orpo, at their prompts too)",
                    "near where it began",
                    "rises far: the policy unlearns the chosen texts; add sft to --loss, or a larger --beta"),
            new Meaning(
                    "rewards_chosen",
                    "nats times beta",
                    "the method's own reward of the chosen (or good) completions, for dpo β·log π/π_ref",
                    "near 0, or rising",
                    "falls far below 0 with rewards_rejected: see logps_chosen"),
            new Meaning(
                    "rewards_rejected",
                    "nats times beta",
                    "the same of the rejected (or bad) ones",
                    "falls",
                    "flat: a larger --lr"),
            new Meaning(
                    "rewards_accuracies",
                    "share",
                    "pairs whose chosen completion has strictly the greater reward",
                    "rises to 0.65 to 0.9",
                    "1.0: it knows the pairs by heart; fewer --epochs. 0.5: a larger --lr, or heed doctor for contradictions"),
            new Meaning(
                    "rewards_margins",
                    "nats times beta",
                    "reward of the chosen less reward of the rejected",
                    "grows, more and more slowly",
                    "grows without end: fewer --epochs, a larger --beta or label smoothing"),
            new Meaning(
                    "logps_chosen",
                    "nats a completion",
                    "log-probability of the chosen completions",
                    "may fall a little: to raise a margin it is enough that the rejected fall faster",
                    "falls by tens of nats: probability goes to texts that nobody chose; a larger --beta, a smaller --lr, or sft in --loss"),
            new Meaning(
                    "logps_rejected",
                    "nats a completion",
                    "log-probability of the rejected completions",
                    "falls faster than logps_chosen",
                    "rises: the policy learns the wrong side; heed doctor"),
            new Meaning(
                    "grad_norm",
                    "",
                    "length of the gradient before clipping",
                    "around or below --max-grad-norm after the warmup",
                    "far above it for long: a smaller --lr; clipping then decides how far each step goes"),
            new Meaning(
                    "value_grad_norm", "", "the same of the critic", "as grad_norm", "as grad_norm, with --critic-lr"),
            new Meaning(
                    "lr",
                    "",
                    "learning rate of the step",
                    "rises through the warmup, then falls",
                    "it is what was asked for"));

    /** The meaning of a name. */
    public static Optional<Meaning> find(String name) {
        return ALL.stream().filter(meaning -> meaning.name.equals(name)).findFirst();
    }
}
