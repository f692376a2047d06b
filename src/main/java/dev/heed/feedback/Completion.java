package dev.heed.feedback;

/**
 * What a model wrote after a prompt.
 *
 * @param model name of the model that wrote it; never shown to labelers
 * @param ended whether it stopped by itself, rather than at the token limit
 */
public record Completion(String text, String model, boolean ended) {}
