package dev.heed.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * Families of checkpoints that share Heed's one network: each is a handful of choices, and names for the same arrays (see
 * {@link Layout}).
 */
public enum Family {
    LLAMA("llama", "LlamaForCausalLM", "LlamaForSequenceClassification"),
    MISTRAL("mistral", "MistralForCausalLM", "MistralForSequenceClassification"),
    QWEN2("qwen2", "Qwen2ForCausalLM", "Qwen2ForSequenceClassification"),
    QWEN3("qwen3", "Qwen3ForCausalLM", "Qwen3ForSequenceClassification"),
    GPT2("gpt2", "GPT2LMHeadModel", "GPT2ForSequenceClassification"),
    /** Pythia's. */
    GPT_NEOX("gpt_neox", "GPTNeoXForCausalLM", "GPTNeoXForSequenceClassification");

    private final String modelType;
    private final String causal;
    private final String scoring;

    Family(String modelType, String causal, String scoring) {
        this.modelType = modelType;
        this.causal = causal;
        this.scoring = scoring;
    }

    static Optional<Family> find(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }

    /** What config.json calls it. */
    String modelType() {
        return modelType;
    }

    /** The class of transformers with this head. */
    String architecture(Head head) {
        return head == Head.LANGUAGE ? causal : scoring;
    }

    /** Layer norms, and a bias in every linear map but the head; else root-mean-square norms, and no biases. */
    boolean biased() {
        return this == GPT2 || this == GPT_NEOX;
    }

    /** Whether queries, keys and values have a bias. */
    boolean qkvBiased() {
        return biased() || this == QWEN2;
    }

    /** Whether the feed-forward block is gated. */
    boolean gated() {
        return !biased();
    }

    /** Whether each head's queries and keys have a norm of their own. */
    boolean headNormed() {
        return this == QWEN3;
    }

    /** Whether positions are learned embeddings rather than rotary. */
    boolean learnsPositions() {
        return this == GPT2;
    }
}
