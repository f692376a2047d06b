package dev.heed;

import dev.heed.feedback.Prompt;
import dev.heed.model.Lora;
import dev.heed.model.Transformer;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.train.Online;
import dev.heed.train.Rollout;
import dev.heed.train.Rollouts;
import dev.heed.train.Steps;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A policy, and all that an online method needs to teach it.
 *
 * @param prompts what it learns on
 * @param watched what it answers while it learns, for people to look at
 */
record OnlineStage(
        Transformer policy,
        Transformer reference,
        Judges judges,
        Tokenizer tokenizer,
        List<Prompt> prompts,
        List<Prompt> watched,
        Decoding decoding,
        Lora lora,
        Path home,
        long seed) {
    private static final int PROBED = 64;

    Rollouts rollouts() {
        return new Rollouts(
                policy, reference, judges.scoring(template()), template()::prompt, sampler(), decoding, seed);
    }

    /** Answers the watched prompts along the way. */
    Steps.Watch watch(int steps) {
        return watch(steps, null);
    }

    /** As {@link #watch(int)}, and tells what the method makes of each token. */
    Steps.Watch watch(int steps, FixedPrompts.@Nullable Credit credit) {
        return new FixedPrompts(watched, sampler(), template(), decoding)
                .along(steps, policy, reference, judges.scoring(template()), credit);
    }

    /**
     * Refuses what nothing can be learned from, before hours go into it: completions none of which ends, where only those
     * that end are scored, and completions that are all worth the same.
     */
    void expectSomethingToLearn(Online config) {
        List<Prompt> some = Stream.generate(() -> prompts)
                .flatMap(List::stream)
                .limit(PROBED)
                .toList();
        List<Rollout> sampled = rollouts().of(some, 0);
        if (!config.scoresCutOff() && sampled.stream().noneMatch(Rollout::ended)) {
            throw new UserError(
                    "none of %d completions ends within --sample-max-tokens=%d, so that all would have --missing-eos-score=%s; raise the first, teach the model to end (heed sft), or give NaN to score them as they are"
                            .formatted(PROBED, decoding.maxTokens(), config.missingEosScore()));
        }
        double first = config.scoreOf(sampled.get(0));
        if (sampled.stream().allMatch(rollout -> config.scoreOf(rollout) == first)) {
            throw new UserError(
                    "all of %d completions are worth %s, so that there is nothing to learn; give a reward or rules by which some are better than others"
                            .formatted(PROBED, first));
        }
    }

    ChatTemplate template() {
        return ChatTemplate.of(tokenizer);
    }

    private Sampler sampler() {
        return new Sampler(policy, tokenizer.eos());
    }
}
