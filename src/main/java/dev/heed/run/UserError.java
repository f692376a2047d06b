package dev.heed.run;

/**
 * Something the user can mend: said in one line (what was wrong, the value, what is allowed, what to do), exit code 2, no
 * stack trace.
 */
public final class UserError extends RuntimeException {
    public UserError(String message) {
        super(message);
    }

    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
