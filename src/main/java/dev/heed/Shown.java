package dev.heed;

/** A result that has a form for people beside its JSON. */
interface Shown {
    /** Lines for a terminal, without the last line's end; empty where all was said on the way. */
    String text();
}
