package dev.heed.text;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.run.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * How a conversation becomes ids: exactly one BOS (none where the tokenizer's own template has none), who speaks, what they
 * say, and where the completion begins and ends. Text is only text: a special token spelled in a message stays letters.
 *
 * <p>A prompt whose last message is the assistant's is one to be gone on with: the completion follows that message directly.
 */
public sealed interface ChatTemplate permits ChatTemplate.RoleTokens, ModelTemplate, ChatTemplate.Plain {
    /**
     * The template of a tokenizer: Heed's own where it has Heed's tokens for roles, else the one that lies beside it, else
     * none.
     *
     * @throws UserError if the one that lies beside it is of no use
     */
    static ChatTemplate of(Tokenizer tokenizer) {
        OptionalInt user = tokenizer.find("<|user|>");
        OptionalInt assistant = tokenizer.find("<|assistant|>");
        OptionalInt system = tokenizer.find("<|system|>");
        if (user.isPresent() && assistant.isPresent() && system.isPresent()) {
            return new RoleTokens(tokenizer, user.getAsInt(), assistant.getAsInt(), system.getAsInt());
        }
        return tokenizer.chatTemplate().isEmpty() ? new Plain(tokenizer) : new ModelTemplate(tokenizer);
    }

    /** Ids up to where the completion begins. */
    int[] prompt(Prompt prompt);

    /** Ids of a completion, EOS included. */
    int[] completion(String text);

    /** The text of a completion's ids, with or without EOS: what {@link #completion} makes the same ids of. */
    String text(int[] completion);

    /** The ids of a prompt and of a completion, one after the other. */
    static int[] row(int[] prompt, int[] completion) {
        int[] row = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, row, prompt.length, completion.length);
        return row;
    }

    /**
     * A conversation to learn from.
     *
     * @throws UserError if the model's own template cannot render it, or does not tell what the assistant says
     */
    Conversation conversation(List<Message> messages);

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
            List<Message> messages = prompt.messages();
            Message last = messages.get(messages.size() - 1);
            if (last.role() == Message.Role.ASSISTANT) {
                Conversation.Builder open = turns(messages.subList(0, messages.size() - 1));
                return open.add(false, assistant)
                        .add(true, tokenizer.encode(last.content()))
                        .ids();
            }
            return turns(messages).add(false, assistant).ids();
        }

        @Override
        public int[] completion(String text) {
            return ended(tokenizer.encode(text), tokenizer.eos());
        }

        @Override
        public String text(int[] completion) {
            return tokenizer.decode(completion);
        }

        @Override
        public Conversation conversation(List<Message> messages) {
            return turns(messages).build();
        }

        private Conversation.Builder turns(List<Message> messages) {
            Conversation.Builder turns = new Conversation.Builder().add(false, tokenizer.bos());
            for (Message message : messages) {
                boolean spoken = message.role() == Message.Role.ASSISTANT;
                turns.add(false, idOf(message.role()));
                turns.add(spoken, spoken ? completion(message.content()) : tokenizer.encode(message.content()));
            }
            return turns;
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
     * For models that know no roles: BOS, the messages' texts with a line end between two, and the completion follows
     * directly. "Directly" includes a tokenizer that puts a space before each text: none is put before the completion.
     */
    record Plain(Tokenizer tokenizer) implements ChatTemplate {
        @Override
        public int[] prompt(Prompt prompt) {
            return text(prompt.messages()).ids();
        }

        @Override
        public int[] completion(String text) {
            return ended(tokenizer.encodeContinuation(text), tokenizer.eos());
        }

        @Override
        public String text(int[] completion) {
            return tokenizer.decodeContinuation(completion);
        }

        /** Only the last message can be the assistant's: without roles nothing tells where an earlier one would end. */
        @Override
        public Conversation conversation(List<Message> messages) {
            Message last = messages.get(messages.size() - 1);
            return last.role() == Message.Role.ASSISTANT
                    ? text(messages.subList(0, messages.size() - 1))
                            .add(true, completion(last.content()))
                            .build()
                    : text(messages).build();
        }

        private Conversation.Builder text(List<Message> messages) {
            String text = messages.stream().map(Message::content).collect(Collectors.joining("\n"));
            return new Conversation.Builder().add(false, tokenizer.bos()).add(false, tokenizer.encode(text));
        }
    }

    private static int[] ended(int[] ids, int eos) {
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = eos;
        return ended;
    }
}
