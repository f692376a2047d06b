package dev.heed.text.jinja;

/** What is wrong with a template, on one line: it does not parse, it raised, or it went beyond a limit. */
public final class JinjaError extends RuntimeException {
    JinjaError(String message) {
        super(message.replaceAll("\\s*\\R\\s*", " ").strip());
    }

    /** What was wrong. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
