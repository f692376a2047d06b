package dev.heed.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.feedback.Message;
import dev.heed.web.ModelHost.Drawing;
import dev.heed.web.ModelHost.Opening;
import dev.heed.web.ModelHost.Question;
import dev.heed.web.ModelHost.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Requests of OpenAI's forms, read: what is asked, and how it is to be told. Defaults are OpenAI's. */
final class Requests {
    private static final int MOST_COMPLETIONS = 128;
    private static final int MOST_STOPS = 4;
    private static final int MOST_LIKELIEST = 20;
    private static final int TEXT_TOKENS = 16; // what a text completion is cut at where nothing is said
    private static final int MOST_TOKENS = 1 << 28;
    private static final int MOST_SCORED = 1024;

    private Requests() {}

    /**
     * A request for completions.
     *
     * @param streamed piece by piece, as they come
     * @param usage whether a stream's last piece counts the tokens
     */
    record Asked(Question question, boolean streamed, boolean usage) {}

    /** A request for scores. */
    record Judged(String model, List<Text> texts) {}

    static Asked chat(Fields fields) {
        boolean told = fields.flag("logprobs");
        int likeliest = fields.whole("top_logprobs", 0, 0, MOST_LIKELIEST);
        if (likeliest > 0 && !told) {
            throw Refusal.ofField("top_logprobs", "top_logprobs needs logprobs to be true");
        }
        fields.refuse("tools", "\\[]", "leave it out");
        fields.refuse("functions", "\\[]", "leave it out");
        fields.refuse("response_format", "\\{\"type\":\"text\"}", "answers are text");
        OptionalLong newer = fields.whole("max_completion_tokens", 1, MOST_TOKENS);
        OptionalLong older = fields.whole("max_tokens", 1, MOST_TOKENS);
        OptionalLong most = newer.isPresent() ? newer : older;
        return asked(
                fields,
                List.of(new Opening.Conversation(messages(fields))),
                most.isPresent() ? (int) most.getAsLong() : null,
                told ? likeliest : -1);
    }

    static Asked text(Fields fields) {
        int told = fields.whole("logprobs", -1, 0, MOST_LIKELIEST);
        fields.refuse("echo", "false", "the prompt is known to who asks");
        fields.refuse("suffix", "\"\"", "leave it out");
        fields.refuse("best_of", "1", "ask for n and choose by /v1/score");
        return asked(
                fields,
                openings(fields.expect("prompt")),
                fields.whole("max_tokens", TEXT_TOKENS, 1, MOST_TOKENS),
                told);
    }

    static Judged score(Fields fields) {
        String model = fields.expectText("model");
        List<String> completions = fields.texts("completion", MOST_SCORED);
        List<Message> messages = fields.find("messages").isPresent()
                ? messages(fields)
                : List.of(Message.user(fields.expectText("prompt")));
        Message last = messages.get(messages.size() - 1);
        if (completions.isEmpty() && messages.size() > 1 && last.role() == Message.Role.ASSISTANT) {
            completions = List.of(last.content());
            messages = messages.subList(0, messages.size() - 1);
        }
        if (completions.isEmpty()) {
            throw new Refusal(
                    400, "completion", "missing", "completion is missing, and the last message is not the assistant's");
        }
        Opening opening = new Opening.Conversation(messages);
        return new Judged(
                model, completions.stream().map(text -> new Text(opening, text)).toList());
    }

    private static Asked asked(Fields fields, List<Opening> openings, @Nullable Integer maxTokens, int likeliest) {
        fields.refuse("logit_bias", "\\{}", "leave it out");
        fields.refuse("frequency_penalty", "-?0(\\.0*)?", "try repetition_penalty, from 1 up");
        fields.refuse("presence_penalty", "-?0(\\.0*)?", "try repetition_penalty, from 1 up");
        int choices = fields.whole("n", 1, 1, MOST_COMPLETIONS);
        if ((long) choices * openings.size() > MOST_COMPLETIONS) {
            throw Refusal.ofField(
                    "n",
                    "%d prompts with n = %d are %d completions, at most %d at once"
                            .formatted(openings.size(), choices, (long) choices * openings.size(), MOST_COMPLETIONS));
        }
        OptionalLong seed = fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        List<String> stop = fields.texts("stop", MOST_STOPS);
        if (stop.contains("")) {
            throw Refusal.ofField("stop", "stop must be texts of at least one character");
        }
        Question question = new Question(
                fields.expectText("model"),
                openings,
                choices,
                drawing(fields),
                maxTokens,
                seed.isPresent() ? seed.getAsLong() : null,
                stop,
                likeliest);
        boolean usage = fields.find("stream_options")
                .map(options -> options.path("include_usage").asBoolean())
                .orElse(false);
        return new Asked(question, fields.flag("stream"), usage);
    }

    /** With the names of {@code transformers} and of vLLM where OpenAI has none. */
    private static Drawing drawing(Fields fields) {
        return new Drawing(
                fields.number("temperature", 1, 0, 2),
                fields.above("top_p", 1, 1),
                fields.whole("top_k", 0, 0, MOST_TOKENS),
                fields.number("min_p", 0, 0, 1),
                fields.above("typical_p", 1, 1),
                fields.above("repetition_penalty", 1, 100),
                fields.whole("no_repeat_ngram_size", 0, 0, MOST_TOKENS));
    }

    private static List<Message> messages(Fields fields) {
        JsonNode messages = fields.expect("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw Fields.wrong("messages", "a list of at least one message", messages);
        }
        List<Message> read = new ArrayList<>();
        for (JsonNode message : messages) {
            String at = "messages[%d]".formatted(read.size());
            read.add(new Message(role(at, message.path("role")), content(at + ".content", message.path("content"))));
        }
        return read;
    }

    private static Message.Role role(String at, JsonNode role) {
        return switch (role.asText()) {
            case "system", "developer" -> Message.Role.SYSTEM;
            case "user" -> Message.Role.USER;
            case "assistant" -> Message.Role.ASSISTANT;
            default -> throw Fields.wrong(at + ".role", "system, user or assistant", role);
        };
    }

    /** Text, or a list of parts that are text. */
    private static String content(String at, JsonNode content) {
        if (!content.isArray()) {
            return Fields.text(at, content);
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text")) {
                throw Fields.wrong(at, "text, or parts of type text", part);
            }
            text.append(Fields.text(at, part.path("text")));
        }
        return text.toString();
    }

    /** A text, several, the ids of one, or those of several. */
    private static List<Opening> openings(JsonNode prompt) {
        if (prompt.isTextual()) {
            return List.of(new Opening.Plain(prompt.textValue()));
        }
        List<JsonNode> parts = StreamSupport.stream(prompt.spliterator(), false).toList();
        if (prompt.isArray() && !parts.isEmpty()) {
            if (parts.stream().allMatch(JsonNode::isTextual)) {
                return parts.stream()
                        .<Opening>map(part -> new Opening.Plain(part.textValue()))
                        .toList();
            }
            if (parts.stream().allMatch(JsonNode::isInt)) {
                return List.of(ids(prompt));
            }
            if (parts.stream().allMatch(Requests::isIds)) {
                return parts.stream().map(Requests::ids).toList();
            }
        }
        throw Fields.wrong("prompt", "a text, a list of texts, or ids", prompt);
    }

    private static boolean isIds(JsonNode part) {
        return part.isArray()
                && !part.isEmpty()
                && StreamSupport.stream(part.spliterator(), false).allMatch(JsonNode::isInt);
    }

    private static Opening ids(JsonNode part) {
        return new Opening.Ids(StreamSupport.stream(part.spliterator(), false)
                .map(JsonNode::intValue)
                .toList());
    }
}
