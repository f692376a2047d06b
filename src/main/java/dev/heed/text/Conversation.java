package dev.heed.text;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A whole conversation as a model learns from it.
 *
 * @param ids every token, from the beginning of the text
 * @param spoken one per id: whether the assistant says it, the end of its turn included
 */
public record Conversation(int[] ids, boolean[] spoken) {
    public Conversation {
        if (ids.length != spoken.length) {
            throw new IllegalArgumentException(
                    "one flag per id: got %d ids, %d flags".formatted(ids.length, spoken.length));
        }
    }

    /** Grows by a token or a run of them. */
    static final class Builder {
        private int[] ids = new int[64];
        private int length;
        private final BitSet spoken = new BitSet();

        Builder add(boolean isSpoken, int... more) {
            if (length + more.length > ids.length) {
                ids = Arrays.copyOf(ids, 2 * (length + more.length));
            }
            System.arraycopy(more, 0, ids, length, more.length);
            spoken.set(length, length + more.length, isSpoken);
            length += more.length;
            return this;
        }

        int[] ids() {
            return Arrays.copyOf(ids, length);
        }

        Conversation build() {
            boolean[] flags = new boolean[length];
            spoken.stream().forEach(i -> flags[i] = true);
            return new Conversation(ids(), flags);
        }
    }
}
