package dev.heed.text;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a conversation becomes ids: exactly one BOS (none where the tokenizer's own template has none), who speaks, what they
 * say, and where the completion begins and ends. Text is only text: a special token spelled in a message stays letters.
 *
 * <p>A prompt whose last message is the assistant's is one to be gone on with: the completion follows that message directly.
 */
public sealed interface ChatTemplate {
    /** The template that a tokenizer's special tokens call for. */
    static ChatTemplate of(Tokenizer tokenizer) {
        OptionalInt user = tokenizer.find("<|user|>");
        OptionalInt assistant = tokenizer.find("<|assistant|>");
        OptionalInt system = tokenizer.find("<|system|>");
        if (user.isPresent() && assistant.isPresent() && system.isPresent()) {
            return new RoleTokens(tokenizer, user.getAsInt(), assistant.getAsInt(), system.getAsInt());
        }
        OptionalInt start = tokenizer.find("<|im_start|>");
        OptionalInt end = tokenizer.find("<|im_end|>");
        boolean chat = tokenizer.chatTemplate().contains("<|im_start|>");
        if (start.isPresent() && end.isPresent() && end.getAsInt() == tokenizer.eos() && chat) {
            return new ChatMl(tokenizer, start.getAsInt());
        }
        return new Plain(tokenizer);
    }

    /** Ids up to where the completion begins. */
    int[] prompt(Prompt prompt);

    /** Ids of a completion, EOS included. */
    int[] completion(String text);

    /** The text of a completion's ids, with or without EOS: what {@link #completion} makes the same ids of. */
    String text(int[] completion);

    /**
     * Heed's own: {@code <|begin|><|system|>text<|user|>text<|assistant|>completion<|end|><|user|>…}, one token a role.
     *
     * @param user id of {@code <|user|>}
     * @param assistant id of {@code <|assistant|>}
     * @param system id of {@code <|system|>}
     */
    record RoleTokens(Tokenizer tokenizer, int user, int assistant, int system) implements ChatTemplate {
        @Override
        public int[] prompt(Prompt prompt) {
            IntStream.Builder ids = IntStream.builder().add(tokenizer.bos());
            for (int turn = 0; turn < prompt.messages().size(); turn++) {
                Message message = prompt.messages().get(turn);
                ids.add(idOf(message.role()));
                add(ids, tokenizer.encode(message.content()));
                if (message.role() == Message.Role.ASSISTANT && !isOpen(prompt, turn)) {
                    ids.add(tokenizer.eos());
                }
            }
            if (!isOpen(prompt, prompt.messages().size() - 1)) {
                ids.add(assistant);
            }
            return ids.build().toArray();
        }

        @Override
        public int[] completion(String text) {
            return ended(tokenizer.encode(text), tokenizer.eos());
        }

        @Override
        public String text(int[] completion) {
            return tokenizer.decode(completion);
        }

        private int idOf(Message.Role role) {
            return switch (role) {
                case SYSTEM -> system;
                case USER -> user;
                case ASSISTANT -> assistant;
            };
        }
    }

    /**
     * ChatML, as SmolLM2, Qwen and others have it: {@code <|im_start|>role\ntext<|im_end|>\n}, no BOS. A default system
     * message that a model's own template may add is not added here.
     *
     * @param start id of {@code <|im_start|>}; the end of a turn is the tokenizer's EOS
     */
    record ChatMl(Tokenizer tokenizer, int start) implements ChatTemplate {
        @Override
        public int[] prompt(Prompt prompt) {
            IntStream.Builder ids = IntStream.builder();
            int[] newline = tokenizer.encode("\n");
            for (int turn = 0; turn < prompt.messages().size(); turn++) {
                Message message = prompt.messages().get(turn);
                ids.add(start);
                add(ids, tokenizer.encode(message.role().wire() + "\n" + message.content()));
                if (!isOpen(prompt, turn)) {
                    ids.add(tokenizer.eos());
                    add(ids, newline);
                }
            }
            if (!isOpen(prompt, prompt.messages().size() - 1)) {
                ids.add(start);
                add(ids, tokenizer.encode("assistant\n"));
            }
            return ids.build().toArray();
        }

        @Override
        public int[] completion(String text) {
            return ended(tokenizer.encode(text), tokenizer.eos());
        }

        @Override
        public String text(int[] completion) {
            return tokenizer.decode(completion);
        }
    }

    /**
     * For models that know no roles: BOS, the messages' texts with a line end between two, and the completion follows
     * directly. "Directly" includes a tokenizer that puts a space before each text: none is put before the completion.
     */
    record Plain(Tokenizer tokenizer) implements ChatTemplate {
        @Override
        public int[] prompt(Prompt prompt) {
            String text = prompt.messages().stream().map(Message::content).collect(Collectors.joining("\n"));
            IntStream.Builder ids = IntStream.builder().add(tokenizer.bos());
            add(ids, tokenizer.encode(text));
            return ids.build().toArray();
        }

        @Override
        public int[] completion(String text) {
            return ended(tokenizer.encodeContinuation(text), tokenizer.eos());
        }

        @Override
        public String text(int[] completion) {
            return tokenizer.decodeContinuation(completion);
        }
    }

    /** Whether the completion goes on with this very turn. */
    private static boolean isOpen(Prompt prompt, int turn) {
        return turn == prompt.messages().size() - 1
                && prompt.messages().get(turn).role() == Message.Role.ASSISTANT;
    }

    private static void add(IntStream.Builder ids, int[] more) {
        Arrays.stream(more).forEach(ids::add);
    }

    private static int[] ended(int[] ids, int eos) {
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = eos;
        return ended;
    }
}
