package dev.heed.feedback;

/**
 * A question to a labeler: which of two completions is better?
 *
 * @param id as the store numbers it, from 1; 0 before it is stored
 * @param round once around the loop, from 1
 * @param urgency which are asked first: higher first
 */
public record Comparison(long id, int round, Prompt prompt, Completion first, Completion second, double urgency) {}
