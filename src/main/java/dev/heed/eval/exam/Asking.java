package dev.heed.eval.exam;

import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.text.ChatTemplate;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How questions are put to a model, in ids. */
public final class Asking {
    /** What a question looks like. */
    public enum Form {
        /** Turns of a conversation, as the model's own template writes them. */
        CHAT,
        /** Running text: {@code Question: … Answer: …}, examples and question parted by blank lines. */
        PLAIN;

        /** What suits a model: turns where it knows roles. */
        public static Form suiting(ChatTemplate template) {
            return template instanceof ChatTemplate.Plain ? PLAIN : CHAT;
        }
    }

    /** How options are shown and scored. */
    public enum Listing {
        /** Not shown; each is scored by its own text. */
        TEXT,
        /** Shown with letters; the letters are scored. */
        LETTERS
    }

    private static final String ASKS = "Question: ";
    private static final String ANSWERS = "\nAnswer:";
    private static final String NEXT = "\n\n";

    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final Form form;
    private final Listing listing;
    private final Shots shots;

    public Asking(Tokenizer tokenizer, Form form, Listing listing, Shots shots) {
        this.tokenizer = tokenizer;
        this.template = ChatTemplate.of(tokenizer);
        this.form = form;
        this.listing = listing;
        this.shots = shots;
    }

    /** Ids of examples and question, up to where the answer begins. */
    int[] question(ExamItem item) {
        List<Message> turns = new ArrayList<>();
        for (ExamItem shot : shots.of(item)) {
            turns.add(Message.user(asked(shot)));
            turns.add(new Message(Message.Role.ASSISTANT, shown(shot)));
        }
        turns.add(Message.user(asked(item)));
        return ids(turns);
    }

    /** Ids of the same place without examples and without a question. */
    int[] unasked() {
        return form == Form.CHAT ? template.prompt(Prompt.ofText("", "", Split.TRAIN)) : begun(ANSWERS.strip());
    }

    /** Ids of an answer, without an end after it. */
    int[] answer(String text) {
        if (form == Form.PLAIN) {
            return tokenizer.encodeContinuation(" " + text);
        }
        int[] ended = template.completion(text);
        return Arrays.copyOf(ended, ended.length - 1);
    }

    /** What is scored of each option: its text or its letter. */
    List<String> options(Choice choice) {
        return listing == Listing.TEXT
                ? choice.options()
                : IntStream.range(0, choice.options().size())
                        .mapToObj(Asking::letter)
                        .toList();
    }

    /** The answer in what a model wrote: in running text it ends where another question would begin. */
    String written(int[] completion) {
        if (form == Form.CHAT) {
            return template.text(completion).strip();
        }
        String text = tokenizer.decodeContinuation(completion);
        int end = IntStream.of(text.indexOf(NEXT), text.indexOf("\n" + ASKS))
                .filter(i -> i >= 0)
                .min()
                .orElse(text.length());
        return text.substring(0, end).strip();
    }

    int end() {
        return tokenizer.eos();
    }

    private String asked(ExamItem item) {
        if (listing == Listing.TEXT || !(item.key() instanceof Choice choice)) {
            return item.question();
        }
        StringBuilder text = new StringBuilder(item.question());
        for (int i = 0; i < choice.options().size(); i++) {
            text.append('\n')
                    .append(letter(i))
                    .append(". ")
                    .append(choice.options().get(i));
        }
        return text.toString();
    }

    private String shown(ExamItem item) {
        return listing == Listing.LETTERS && item.key() instanceof Choice choice
                ? letter(choice.right())
                : item.shown();
    }

    private static String letter(int index) {
        return String.valueOf((char) ('A' + index));
    }

    private int[] ids(List<Message> turns) {
        if (form == Form.CHAT) {
            return template.prompt(new Prompt("", turns, "", Split.TRAIN));
        }
        StringBuilder text = new StringBuilder();
        for (Message turn : turns) {
            if (turn.role() == Message.Role.USER) {
                text.append(ASKS).append(turn.content()).append(ANSWERS);
            } else {
                text.append(' ').append(turn.content()).append(NEXT);
            }
        }
        return begun(text.toString());
    }

    private int[] begun(String text) {
        int[] ids = tokenizer.encode(text);
        int[] row = new int[ids.length + 1];
        row[0] = tokenizer.bos();
        System.arraycopy(ids, 0, row, 1, ids.length);
        return row;
    }
}
