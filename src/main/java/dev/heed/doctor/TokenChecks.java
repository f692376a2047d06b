package dev.heed.doctor;

import dev.heed.doctor.Finding.Verdict;
import dev.heed.model.ModelConfig;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import java.util.Arrays;
import java.util.List;

/** Whether a tokenizer keeps to what every method takes for granted: takes milliseconds, so runs begin with it. */
public final class TokenChecks {
    private TokenChecks() {}

    /**
     * All of them.
     *
     * @param starts ids of prompts; at least one
     * @param answer longest completion, tokens
     */
    public static List<Finding> of(Tokenizer tokenizer, List<int[]> starts, int answer, ModelConfig config) {
        return List.of(
                padding(tokenizer),
                begins(tokenizer, starts),
                ends(tokenizer),
                context(starts, answer, config.context()));
    }

    /** PAD and EOS are two tokens. */
    static Finding padding(Tokenizer tokenizer) {
        return Finding.well("PAD and EOS", "PAD is %d, EOS is %d".formatted(tokenizer.pad(), tokenizer.eos()))
                .unless(
                        tokenizer.pad() != tokenizer.eos(),
                        Verdict.DOUBTFUL,
                        "other programs that mask padding mask the end of text too, and their models never learn to stop (Heed does not pad)",
                        "give the tokenizer a pad token of its own before you take the model elsewhere");
    }

    /** One BOS, at the beginning. */
    static Finding begins(Tokenizer tokenizer, List<int[]> starts) {
        long twice = starts.stream()
                .filter(row ->
                        Arrays.stream(row).filter(id -> id == tokenizer.bos()).count() > 1)
                .count();
        boolean one = Arrays.stream(starts.get(0)).anyMatch(id -> id == tokenizer.bos());
        return Finding.well("BOS", one ? "prompts begin with one" : "prompts have none")
                .unless(
                        twice == 0,
                        Verdict.WRONG,
                        "%d of %d prompts have two: the chat template and the tokenizer both add one, and the model has never seen that"
                                .formatted(twice, starts.size()),
                        "take it out of the chat template, or out of the tokenizer's post-processor");
    }

    /** A completion to learn from ends with EOS, once. */
    static Finding ends(Tokenizer tokenizer) {
        int[] ids = ChatTemplate.of(tokenizer).completion("Yes, it is.");
        long count = Arrays.stream(ids).filter(id -> id == tokenizer.eos()).count();
        boolean last = ids.length > 0 && ids[ids.length - 1] == tokenizer.eos();
        return Finding.well("EOS", "a completion to learn from ends with EOS")
                .unless(
                        last && count == 1,
                        Verdict.WRONG,
                        "a completion has EOS %d times, %s at its end: the model cannot learn to stop"
                                .formatted(count, last ? "once" : "not"),
                        "let generation_config.json name the token that ends a turn as eos_token_id");
    }

    /** Room for an answer behind every prompt. */
    static Finding context(List<int[]> starts, int answer, int context) {
        int longest = starts.stream().mapToInt(row -> row.length).max().orElseThrow();
        return Finding.well(
                        "context",
                        "the longest prompt has %d tokens, the context %d, an answer %d"
                                .formatted(longest, context, answer))
                .unless(
                        longest + answer <= context,
                        Verdict.DOUBTFUL,
                        "answers to long prompts are cut off, and score as what does not end",
                        "shorten prompts, or ask for fewer tokens (--sample-max-tokens)");
    }
}
