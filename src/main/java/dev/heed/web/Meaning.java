package dev.heed.web;

/**
 * What a logged number says, for the page: the root tells, as the web app does not see training.
 *
 * @param name as metrics.jsonl has it
 * @param unit empty of a plain number
 * @param what it measures
 * @param healthy what it should look like
 * @param otherwise what to think of, and do, if it does not
 */
public record Meaning(String name, String unit, String what, String healthy, String otherwise) {}
