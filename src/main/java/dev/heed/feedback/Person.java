package dev.heed.feedback;

import java.time.Instant;

/**
 * Someone who uses the web app.
 *
 * @param id as the store numbers it, from 1
 * @param name unique whatever its case; preferences carry it
 * @param active false where the person was shut out
 */
public record Person(long id, String name, Role role, boolean active, Instant createdAt) {}
