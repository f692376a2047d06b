package dev.heed.feedback;

import dev.heed.run.Draws;

/** Which side of the wall a prompt lives on, fixed by its text alone so that no later import can move it. */
public enum Split {
    TRAIN,
    HELD_OUT;

    /** A tenth of all prompts is held out. */
    public static Split of(String promptText) {
        return Draws.uniform(0, promptText, 0) < 0.1 ? HELD_OUT : TRAIN;
    }
}
