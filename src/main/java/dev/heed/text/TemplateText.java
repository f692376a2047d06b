package dev.heed.text;

import dev.heed.feedback.Message;
import dev.heed.text.jinja.Jinja;
import dev.heed.text.jinja.JinjaError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A model folder's own chat template at work on messages, as transformers' apply_chat_template has it, up to the ids. */
final class TemplateText {
    /** What a rendering ends with. */
    enum Ending {
        /** The last message: {@code add_generation_prompt=False}. */
        MESSAGE,
        /** The opening of an answer: {@code add_generation_prompt=True}. */
        QUESTION,
        /** The last message, its turn left open: {@code continue_final_message=True}. */
        BEGINNING
    }

    private static final Pattern GENERATION = Pattern.compile("\\{%[-+]?\\s*generation\\s*[-+]?%}");

    private final String source;
    private final Jinja jinja;
    private final Map<String, String> tokens;
    private final Specials specials;

    /**
     * @param tokens what the folder names: {@code bos_token} and others
     * @param specials names of tokens that only the template can mean
     * @throws JinjaError if it does not parse
     */
    TemplateText(String source, Map<String, String> tokens, Collection<String> specials) {
        this.source = source;
        this.tokens = tokens;
        this.specials = new Specials(specials);
        jinja = new Jinja(source);
    }

    Specials specials() {
        return specials;
    }

    /** Whether the template says itself what the assistant speaks. */
    boolean marksSpeech() {
        return GENERATION.matcher(source).find();
    }

    /** Marks for renderings of this conversation and of its parts. */
    Marks marks(List<Message> messages) {
        return Marks.unusedIn(source, messages);
    }

    /**
     * The text, marks in it.
     *
     * @throws JinjaError if the template raises, or leaves out a message that is to be gone on with
     */
    String render(List<Message> messages, Ending ending, Marks marks) {
        List<Map<String, Object>> turns = new ArrayList<>();
        for (Message message : messages) {
            boolean open = ending == Ending.BEGINNING && turns.size() == messages.size() - 1;
            String content = specials.guarded(message.content(), marks.guard());
            // The blank is transformers': if the template strips it, it strips the message too.
            turns.add(Map.of("role", message.role().wire(), "content", open ? content + marks.here() + " " : content));
        }
        Map<String, Object> variables = new HashMap<>(tokens);
        variables.put("messages", turns);
        variables.put("add_generation_prompt", ending == Ending.QUESTION);
        variables.put(Jinja.GENERATION_BEGINS, String.valueOf(marks.begins()));
        variables.put(Jinja.GENERATION_ENDS, String.valueOf(marks.ends()));
        String text = jinja.render(variables);
        return ending == Ending.BEGINNING ? upTo(text, marks.here()) : text;
    }

    private static String upTo(String text, char here) {
        int at = text.lastIndexOf(here);
        if (at < 0) {
            throw new IllegalArgumentException("the template leaves out the answer that is to be gone on with");
        }
        String before = text.substring(0, at);
        return text.startsWith(here + " ", at) ? before : before.stripTrailing();
    }

    /**
     * What stands around an answer.
     *
     * @param opening what comes between the end of a prompt and the answer, mostly nothing
     * @param closing what comes between the answer and the end of its turn, mostly nothing
     * @param end the special token that ends the turn, if one does
     */
    record Frame(String opening, String closing, Optional<String> end) {}

    /**
     * Finds it out by rendering a conversation of two messages.
     *
     * @throws JinjaError if the template cannot do even that
     */
    Frame frame() {
        Message question = Message.user("x");
        Marks marks = marks(List.of(question));
        // A mark for an answer: a letter that no template strips or looks for.
        Message answer = new Message(Message.Role.ASSISTANT, String.valueOf(marks.here()));
        String asked = unmarked(render(List.of(question), Ending.QUESTION, marks), marks);
        String whole = unmarked(render(List.of(question, answer), Ending.MESSAGE, marks), marks);
        int at = whole.indexOf(marks.here());
        String opening = at >= 0 && whole.startsWith(asked) ? whole.substring(asked.length(), at) : "";
        for (int end = at + 1; end < whole.length(); end++) {
            String special = specials.meant(whole, end, marks.guard());
            if (special != null) {
                return new Frame(opening, whole.substring(at + 1, end), Optional.of(special));
            }
        }
        return new Frame(opening, "", Optional.empty());
    }

    private static String unmarked(String text, Marks marks) {
        return text.replace(String.valueOf(marks.begins()), "").replace(String.valueOf(marks.ends()), "");
    }
}
