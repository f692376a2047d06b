package dev.heed.feedback;

/**
 * One preference as training reads it: a line of a snapshot.
 *
 * @param strength 1 slightly, 2 better, 3 much better; 0 a tie, where chosen and rejected are merely first and second
 */
public record Pair(Prompt prompt, String chosen, String rejected, int strength, String labeler) {}
