package dev.heed;

/** One command of {@code heed}: its knobs in, its result out. */
interface Command<K extends Record> {
    /** The record that declares the command's own options. */
    Class<K> knobs();

    /**
     * Does it.
     *
     * @return what {@code --json} prints; without it, people are shown {@link Shown#text()} where the result has one
     * @throws dev.heed.run.UserError for what the user can mend: exit code 2
     * @throws dev.heed.run.Interrupted where someone asked the program to end and all is saved: exit code 130
     */
    Object run(Context context, K knobs) throws Exception;

    /** A record for commands without options of their own. */
    record NoKnobs() {}
}
