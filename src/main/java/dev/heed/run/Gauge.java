package dev.heed.run;

/** Where it is told how far something is. */
public interface Gauge extends AutoCloseable {
    /**
     * Says how far it is.
     *
     * @param done steps done so far; a first call above 0 is where a resumed run goes on
     * @param note the few numbers that matter now, or empty
     */
    void at(long done, String note);

    @Override
    void close();
}
