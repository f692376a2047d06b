package dev.heed.world;

import dev.heed.feedback.Prompt;

/** What a hurried demonstrator wrote after a prompt, for supervised fine-tuning. */
public record Demonstration(Prompt prompt, String completion) {}
