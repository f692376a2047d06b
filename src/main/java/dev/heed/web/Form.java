package dev.heed.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.web.ModelHost.Ending;
import dev.heed.web.ModelHost.Told;
import dev.heed.web.ModelHost.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How OpenAI's interface tells completions: as chat, or as text. */
enum Form {
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk"),
    TEXT("cmpl-", "text_completion", "text_completion");

    private final String prefix;
    private final String whole;
    private final String part;

    Form(String prefix, String whole, String part) {
        this.prefix = prefix;
        this.whole = whole;
        this.part = part;
    }

    /** All that one completion says. */
    record Said(int number, String text, List<Told> tokens, @Nullable Ending ending) {}

    /** What an answer cost, in tokens. */
    record Usage(int promptTokens, int completionTokens, int totalTokens) {
        static Usage of(ModelHost.Answer answer) {
            return new Usage(
                    answer.promptTokens(),
                    answer.completionTokens(),
                    answer.promptTokens() + answer.completionTokens());
        }
    }

    /** One answer, whole or a part of it. */
    record Body(
            String id,
            String object,
            long created,
            String model,
            List<?> choices,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Usage usage) {
        Body with(List<?> others, @Nullable Usage counted) {
            return new Body(id, object, created, model, others, counted);
        }
    }

    record ChatChoice(int index, ChatMessage message, @Nullable ChatLogProbs logprobs, @Nullable String finishReason) {}

    record ChatMessage(String role, String content, @Nullable String refusal) {}

    record ChatPart(int index, Delta delta, @Nullable ChatLogProbs logprobs, @Nullable String finishReason) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(@Nullable String role, @Nullable String content) {}

    record ChatLogProbs(List<ChatToken> content, @Nullable List<ChatToken> refusal) {}

    record ChatToken(
            String token,
            double logprob,
            List<Integer> bytes,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ChatToken> topLogprobs) {
        static ChatToken of(Word word, @Nullable List<Word> likeliest) {
            return new ChatToken(
                    word.text(),
                    word.logProb(),
                    word.bytes(),
                    likeliest == null
                            ? null
                            : likeliest.stream().map(other -> of(other, null)).toList());
        }
    }

    record TextChoice(String text, int index, @Nullable TextLogProbs logprobs, @Nullable String finishReason) {}

    record TextLogProbs(
            List<String> tokens,
            List<Double> tokenLogprobs,
            List<Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {}

    /** The head of every answer to one request. */
    Body head(String model, long created, boolean streamed) {
        return new Body(
                prefix + UUID.randomUUID().toString().replace("-", ""),
                streamed ? part : whole,
                created,
                model,
                List.of(),
                null);
    }

    /** @param logProbs whether they were asked for */
    Object choice(Said said, boolean logProbs) {
        return this == TEXT
                ? new TextChoice(said.text(), said.number(), textLogProbs(said, logProbs), reason(said.ending()))
                : new ChatChoice(
                        said.number(),
                        new ChatMessage("assistant", said.text(), null),
                        chatLogProbs(said, logProbs),
                        reason(said.ending()));
    }

    /** The parts of a stream that tell one piece: who speaks, what, and why it ends. */
    List<Object> parts(Said said, boolean logProbs, boolean first) {
        if (this == TEXT) {
            return List.of(choice(said, logProbs));
        }
        List<Object> parts = new ArrayList<>();
        if (first) {
            parts.add(new ChatPart(said.number(), new Delta("assistant", ""), null, null));
        }
        if (!said.text().isEmpty() || !said.tokens().isEmpty()) {
            parts.add(new ChatPart(said.number(), new Delta(null, said.text()), chatLogProbs(said, logProbs), null));
        }
        if (said.ending() != null) {
            parts.add(new ChatPart(said.number(), new Delta(null, null), null, reason(said.ending())));
        }
        return parts;
    }

    private static @Nullable String reason(@Nullable Ending ending) {
        return ending == null ? null : ending.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable ChatLogProbs chatLogProbs(Said said, boolean asked) {
        return asked
                ? new ChatLogProbs(
                        said.tokens().stream()
                                .map(told -> ChatToken.of(told.word(), told.likeliest()))
                                .toList(),
                        null)
                : null;
    }

    private static @Nullable TextLogProbs textLogProbs(Said said, boolean asked) {
        if (!asked) {
            return null;
        }
        return new TextLogProbs(
                said.tokens().stream().map(told -> told.word().text()).toList(),
                said.tokens().stream().map(told -> told.word().logProb()).toList(),
                said.tokens().stream().map(told -> byText(told.likeliest())).toList(),
                said.tokens().stream().map(Told::offset).toList());
    }

    private static Map<String, Double> byText(List<Word> words) {
        Map<String, Double> byText = new LinkedHashMap<>();
        words.forEach(word -> byText.putIfAbsent(word.text(), word.logProb()));
        return byText;
    }
}
