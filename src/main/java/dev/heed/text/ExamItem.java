package dev.heed.text;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;

/**
 * One question of an exam.
 *
 * @param id unique in its exam; draws depend on it, so that they stay the same whatever else is asked
 * @param subject what results are told by; "" where the exam has one only. "closed: home" is told by "closed", too
 * @param question as it is asked, without options
 * @param key what is right
 * @param worked what an example of it shows as its answer; "" where the key says it
 * @param place where it stands, as a complaint begins: "exam.jsonl line 3"
 */
public record ExamItem(String id, String subject, String question, Key key, String worked, String place) {

    /** What is right. */
    public sealed interface Key {
        /** What an example shows as its answer; "" where there is no such. */
        default String shown() {
            return "";
        }
    }

    /**
     * One of several options.
     *
     * @param right which
     * @param lure which of the wrong ones the question tempts to; −1 for none
     */
    public record Choice(List<String> options, int right, int lure) implements Key {
        public static final int NO_LURE = -1;

        public Choice {
            options = List.copyOf(options);
            if (options.size() < 2 || right < 0 || right >= options.size() || lure >= options.size() || lure == right) {
                throw new IllegalArgumentException("at least 2 options, one right and another the lure: got %s, %d, %d"
                        .formatted(options, right, lure));
            }
        }

        @Override
        public String shown() {
            return options.get(right);
        }
    }

    /** A few words, of which each of these is right. */
    public record Words(List<String> accepted) implements Key {
        public Words {
            accepted = List.copyOf(accepted);
            if (accepted.isEmpty()) {
                throw new IllegalArgumentException("at least one accepted answer is needed");
            }
        }

        @Override
        public String shown() {
            return accepted.get(0);
        }
    }

    /**
     * A number.
     *
     * @param tolerance how far off is still right
     */
    public record Quantity(BigDecimal value, BigDecimal tolerance) implements Key {
        @Override
        public String shown() {
            return value.toPlainString();
        }
    }

    /**
     * A text of one's own, judged by rules, or by a judge where there are none.
     *
     * @param must what has to be in it, in any case of letters
     * @param mustNot what may not
     * @param reference a good answer, which a judge may compare with; "" for none
     */
    public record Free(List<String> must, List<String> mustNot, String reference) implements Key {
        public Free {
            must = List.copyOf(must);
            mustNot = List.copyOf(mustNot);
        }

        @Override
        public String shown() {
            return reference;
        }

        /** Whether rules alone tell what is right. */
        public boolean ruled() {
            return !must.isEmpty() || !mustNot.isEmpty();
        }
    }

    /** What an example of this question shows as its answer; "" where it cannot be one. */
    public String shown() {
        return worked.isEmpty() ? key.shown() : worked;
    }

    /** The options of a question from a file. */
    static Choice choice(List<String> options, int right) throws BadLine {
        if (options.size() < 2) {
            throw new BadLine("a choice needs at least 2 options, found %d".formatted(options.size()));
        }
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).isBlank()) {
                throw new BadLine("option %d is empty".formatted(i + 1));
            }
            if (i != right && options.get(i).equals(options.get(right))) {
                throw new BadLine("two right answers: options %d and %d are both \"%s\""
                        .formatted(Math.min(i, right) + 1, Math.max(i, right) + 1, options.get(i)));
            }
        }
        return new Choice(options, right, Choice.NO_LURE);
    }

    /** @throws BadLine if a question comes twice under one name */
    static void expectNew(HashSet<String> ids, String id) throws BadLine {
        if (!ids.add(id)) {
            throw new BadLine("\"id\" %s comes twice".formatted(id));
        }
    }

    static String question(String text) throws BadLine {
        if (text.isBlank()) {
            throw new BadLine("the question is empty");
        }
        return text;
    }
}
