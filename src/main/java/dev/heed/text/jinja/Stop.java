package dev.heed.text.jinja;

import com.hubspot.jinjava.interpret.InterpretException;

/** Ends a rendering. Of jinjava's own kind, which its tags pass on as it is. */
final class Stop extends InterpretException {
    private static final long serialVersionUID = 1;

    Stop(String message) {
        super(message);
    }

    /** What was wrong. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
