package dev.heed.bench;

/**
 * A piece of fixed work.
 *
 * @param unit of what a step gets through: tokens, or samples
 * @param count of these a step
 * @param flops additions and multiplications in the matrix products of a step
 * @param step does it once; its number tells one step's draws from another's
 */
record Work(String name, Unit unit, int count, double flops, Step step) implements AutoCloseable {
    /** What is counted. */
    enum Unit {
        TOKENS,
        SAMPLES
    }

    /** One repetition, and what is to be freed after the last. */
    interface Step extends AutoCloseable {
        void run(long number);

        @Override
        default void close() {}
    }

    @Override
    public void close() {
        try {
            step.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
