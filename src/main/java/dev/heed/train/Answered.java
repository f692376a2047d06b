package dev.heed.train;

import dev.heed.feedback.Prompt;

/**
 * An answer as a rule sees it.
 *
 * @param text of the completion
 * @param ended whether it stopped by itself
 */
public record Answered(Prompt prompt, String text, boolean ended) {}
