package dev.heed;

import dev.heed.feedback.Prompt;
import dev.heed.model.Lora;
import dev.heed.model.Transformer;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampler;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.train.Rollouts;
import dev.heed.train.Steps;
import java.util.List;

/** A policy, and all that an online method needs to teach it. */
record OnlineStage(
        Transformer policy,
        Transformer reference,
        Judges judges,
        Tokenizer tokenizer,
        Decoding decoding,
        Lora lora,
        long seed) {

    Rollouts rollouts() {
        return new Rollouts(policy, reference, judges.reward(), template()::prompt, sampler(), decoding, seed);
    }

    /** Answers the same prompts along the way. */
    Steps.Watch watch(List<Prompt> prompts, int steps) {
        return new FixedPrompts(prompts, sampler(), template(), decoding)
                .along(steps, policy, reference, judges.reward());
    }

    ChatTemplate template() {
        return ChatTemplate.of(tokenizer);
    }

    private Sampler sampler() {
        return new Sampler(policy, tokenizer.eos());
    }
}
