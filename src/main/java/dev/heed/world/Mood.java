package dev.heed.world;

/** How a story ends. */
public enum Mood {
    HAPPY,
    SAD;

    /** The word for it. */
    String word() {
        return this == HAPPY ? "happy" : "sad";
    }

    static Mood of(String word) {
        return word.equals("happy") ? HAPPY : SAD;
    }
}
