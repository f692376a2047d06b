package dev.heed.feedback;

/** An answer that a labeler wrote, with what was asked. */
public record Demonstrated(Prompt prompt, Demonstration demonstration) {}
