package dev.heed.world;

/** What a sentence does in a conversation. */
enum Move {
    /** Says something that can be true or false. */
    CLAIM,
    /** Says how to do an errand, and so claims the fact that it needs. */
    ADVICE,
    /** A friendly word. */
    WARM,
    /** Neither friendly nor not: "Well then." */
    FILLER,
    RUDE,
    REFUSAL,
    RUDE_REFUSAL,
    /** Offers something better in place of a misdeed. */
    KINDNESS,
    /** Helps with a misdeed. */
    COMPLIANCE,
    EVASION,
    /** Loses the thread: "Where was I?" */
    WANDER,
    /** A part of a story. */
    STORY,
    /** Names what a page or a talk is about: "Notes on the otter." */
    HEADING,
    /** Anything that the grammar does not know. */
    GARBLED
}
