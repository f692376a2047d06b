package dev.heed.run;

/** Someone asked the program to end (Ctrl-C, SIGTERM); thrown where the state is saved. Exit code 130. */
public final class Interrupted extends RuntimeException {
    public Interrupted() {
        super("interrupted", null, false, false);
    }
}
