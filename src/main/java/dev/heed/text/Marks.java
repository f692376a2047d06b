package dev.heed.text;

import dev.heed.feedback.Message;
import java.util.BitSet;
import java.util.List;

/**
 * Letters that stand in a rendered text for what is no text. Of Unicode's private use, and of those, ones that neither the
 * template nor anybody in the conversation uses: nobody can write a mark.
 *
 * @param guard breaks up a special token that a message spells; taken out before the ids are made
 * @param begins where the assistant begins to speak
 * @param ends where it ends
 * @param here a place asked for
 */
record Marks(char guard, char begins, char ends, char here) {
    private static final int FIRST = 0xE000;
    private static final int LAST = 0xF8FF;

    static Marks unusedIn(String template, List<Message> messages) {
        BitSet used = new BitSet();
        template.chars().forEach(used::set);
        messages.forEach(message -> message.content().chars().forEach(used::set));
        char[] marks = new char[4];
        int next = FIRST;
        for (int i = 0; i < marks.length; i++) {
            next = used.nextClearBit(next);
            if (next > LAST) {
                throw new IllegalArgumentException("a conversation that uses every letter of private use");
            }
            marks[i] = (char) next++;
        }
        return new Marks(marks[0], marks[1], marks[2], marks[3]);
    }
}
