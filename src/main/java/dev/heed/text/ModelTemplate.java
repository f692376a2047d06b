package dev.heed.text;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.run.UserError;
import dev.heed.text.TemplateText.Ending;
import dev.heed.text.jinja.JinjaError;
import java.util.List;
import java.util.function.Supplier;

/**
 * The model's own template: {@code chat_template.jinja}, or {@code chat_template} of its tokenizer's configuration. Ids are
 * those of transformers' apply_chat_template wherever no message spells a special token; where one does, it stays letters
 * here.
 *
 * <p>A completion is what the template puts for an answer, up to and with the token that ends its turn. Safe for several
 * threads.
 */
final class ModelTemplate implements ChatTemplate {
    private final Tokenizer tokenizer;
    private final TemplateText template;
    private final TemplateText.Frame frame;

    /** @throws UserError if the template does not parse, fails at two messages, or ends a turn with another than EOS */
    ModelTemplate(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        template = told(tokenizer::templateText);
        frame = told(template::frame);
        String eos = tokenizer.name(tokenizer.eos());
        if (!frame.end().orElse(eos).equals(eos)) {
            throw new UserError(
                    "%s ends an answer with %s, but generation stops at %s; set \"eos_token_id\" in %s to %d"
                            .formatted(
                                    tokenizer.chatTemplateFile(),
                                    frame.end().orElseThrow(),
                                    eos,
                                    tokenizer.chatTemplateFile().resolveSibling("generation_config.json"),
                                    tokenizer.find(frame.end().orElseThrow()).orElseThrow()));
        }
    }

    @Override
    public int[] prompt(Prompt prompt) {
        List<Message> messages = prompt.messages();
        Ending ending =
                messages.get(messages.size() - 1).role() == Message.Role.ASSISTANT ? Ending.BEGINNING : Ending.QUESTION;
        return encoded(messages, ending).ids();
    }

    @Override
    public int[] completion(String text) {
        int[] ids = tokenizer.encodeContinuation(frame.opening() + text + frame.closing());
        return new Conversation.Builder()
                .add(true, ids)
                .add(true, tokenizer.eos())
                .ids();
    }

    @Override
    public String text(int[] completion) {
        String text = tokenizer.decodeContinuation(completion);
        int from = text.startsWith(frame.opening()) ? frame.opening().length() : 0;
        boolean closed = text.endsWith(frame.closing())
                && text.length() - from >= frame.closing().length();
        return text.substring(from, text.length() - (closed ? frame.closing().length() : 0));
    }

    @Override
    public Conversation conversation(List<Message> messages) {
        return encoded(messages, Ending.MESSAGE);
    }

    /** Ids of a rendering, each flagged whether the assistant says it. */
    Conversation encoded(List<Message> messages, Ending ending) {
        Marks marks = template.marks(messages);
        String rendered = told(() -> template.render(messages, ending, marks));
        String marked =
                ending != Ending.MESSAGE || template.marksSpeech() ? rendered : marked(rendered, messages, marks);
        return tokenizer.encode(template.specials().named(marked, marks, tokenizer::secretOf));
    }

    /** Puts marks around what each answer adds to the rendering of what came before it, up to the end of its turn. */
    private String marked(String rendered, List<Message> messages, Marks marks) {
        StringBuilder out = new StringBuilder();
        int done = 0;
        for (int turn = 0; turn < messages.size(); turn++) {
            if (messages.get(turn).role() != Message.Role.ASSISTANT) {
                continue;
            }
            String before = part(messages.subList(0, turn), Ending.QUESTION, marks);
            String through = part(messages.subList(0, turn + 1), Ending.MESSAGE, marks);
            if (!through.startsWith(before) || !rendered.startsWith(through)) {
                throw new UserError(
                        ("%s renders message %d otherwise when others follow it, so what the assistant says "
                                        + "cannot be told; put {%% generation %%} and {%% endgeneration %%} around it in the template")
                                .formatted(tokenizer.chatTemplateFile(), turn + 1));
            }
            int end = endOfTurn(through, before.length(), marks);
            out.append(rendered, done, before.length()).append(marks.begins());
            out.append(rendered, before.length(), end).append(marks.ends());
            done = end;
        }
        return out.append(rendered.substring(done)).toString();
    }

    private String part(List<Message> messages, Ending ending, Marks marks) {
        return messages.isEmpty() ? "" : told(() -> template.render(messages, ending, marks));
    }

    private int endOfTurn(String text, int from, Marks marks) {
        for (int at = from; at < text.length(); at++) {
            String special = template.specials().meant(text, at, marks.guard());
            if (special != null) {
                return at + special.length();
            }
        }
        return text.length();
    }

    private <T> T told(Supplier<T> work) {
        try {
            return work.get();
        } catch (JinjaError e) {
            throw new UserError(
                    "%s: %s; mend the template, or delete it to have messages follow each other as plain text"
                            .formatted(tokenizer.chatTemplateFile(), e.reason()),
                    e);
        }
    }
}
