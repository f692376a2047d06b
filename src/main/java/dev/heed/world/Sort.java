package dev.heed.world;

import java.util.List;

/** The sorts of things that facts are about. */
@SuppressWarnings("ImmutableEnumChecker") // its lists are unmodifiable
public enum Sort {
    CREATURE(Lexicon.CREATURES),
    PLACE(Lexicon.PLACES),
    THING(Lexicon.THINGS);

    private final List<String> words;

    Sort(List<String> words) {
        this.words = words;
    }

    /** All nouns of this sort; a world uses the first so many of them. */
    public List<String> words() {
        return words;
    }
}
