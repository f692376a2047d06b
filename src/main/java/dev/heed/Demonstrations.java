package dev.heed;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Conversation;
import dev.heed.text.DemonstrationFile;
import dev.heed.text.DemonstrationFile.Demonstration;
import dev.heed.text.DemonstrationFile.Taught;
import dev.heed.text.LineError;
import dev.heed.train.Rollout;
import dev.heed.train.Sft;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Files of demonstrations, from what was said to what is learned. */
final class Demonstrations {
    private Demonstrations() {}

    /** How someone answered a prompt. */
    record Shown(Prompt prompt, String completion) {
        static Shown of(Rollout rollout, ChatTemplate template) {
            int[] completion = Arrays.copyOfRange(rollout.row(), rollout.from(), rollout.row().length);
            return new Shown(rollout.prompt(), template.text(completion));
        }
    }

    /** @param prompt text, or messages */
    private record Line(Object prompt, String completion) {}

    static void write(Path file, List<Shown> demonstrations) {
        String lines = demonstrations.stream()
                .map(shown -> Json.line(line(shown)) + "\n")
                .collect(Collectors.joining());
        Json.replace(file, lines.getBytes(StandardCharsets.UTF_8));
    }

    private static Line line(Shown shown) {
        List<Message> messages = shown.prompt().messages();
        boolean text = messages.size() == 1 && messages.get(0).role() == Message.Role.USER;
        return new Line(text ? shown.prompt().text() : messages, shown.completion());
    }

    /**
     * Demonstrations in ids.
     *
     * @throws UserError with the first line that is no demonstration
     */
    static List<Sft.Example> read(Path file, ChatTemplate template) {
        DemonstrationFile read = DemonstrationFile.read(file);
        if (!read.errors().isEmpty()) {
            LineError first = read.errors().get(0);
            throw new UserError(
                    "%s line %d is no demonstration: %s; each line is {\"prompt\": …, \"completion\": …} or {\"messages\": [{\"role\": …, \"content\": …}, …]}"
                            .formatted(file, first.line(), first.reason()));
        }
        List<Sft.Example> examples = new ArrayList<>();
        for (Demonstration shown : read.demonstrations()) {
            Sft.Example example = example(template, shown);
            if (example.row().length == 0) {
                throw new UserError(
                        "%s: nothing tells where the assistant's turns end in demonstration %d, as the model knows no roles; end it with the assistant's message, or use a tokenizer with a chat template"
                                .formatted(file, examples.size() + 1));
            }
            examples.add(example);
        }
        return examples;
    }

    private static Sft.Example example(ChatTemplate template, Demonstration shown) {
        List<Message> messages = shown.messages();
        int last = messages.size() - 1;
        if (shown.taught() == Taught.LAST) {
            List<Message> asked = messages.subList(0, last);
            int[] prompt = template.prompt(new Prompt(Prompt.idOf(asked), asked, "", Split.TRAIN));
            int[] completion = template.completion(messages.get(last).content());
            return new Sft.Example(ChatTemplate.row(prompt, completion), prompt.length);
        }
        Conversation whole = template.conversation(messages);
        int end = whole.ids().length; // beyond the last word of the assistant's there is nothing to learn
        while (end > 0 && !whole.spoken()[end - 1]) {
            end--;
        }
        return new Sft.Example(Arrays.copyOf(whole.ids(), end), Arrays.copyOf(whole.spoken(), end));
    }
}
