package dev.heed.web;

import io.javalin.http.NotFoundResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands that leads start from the page. The server itself starts nothing; the root wires in who knows the commands
 * and their options, and runs them.
 */
public interface JobHost {
    /** Of a server that starts none. */
    JobHost NONE = new JobHost() {
        @Override
        public Offer offer() {
            return new Offer(List.of(), List.of(), List.of(), List.of());
        }

        @Override
        public List<Job> jobs() {
            return List.of();
        }

        @Override
        public Job start(Order order, String who) {
            throw new NotFoundResponse("this server starts no jobs");
        }

        @Override
        public Job resume(String run, String who) {
            throw new NotFoundResponse("this server starts no jobs");
        }

        @Override
        public Job again(long id, String who) {
            throw new NotFoundResponse("there is no job " + id);
        }

        @Override
        public Job stop(long id) {
            throw new NotFoundResponse("there is no job " + id);
        }

        @Override
        public Job kill(long id) {
            throw new NotFoundResponse("there is no job " + id);
        }

        @Override
        public void remove(long id) {
            throw new NotFoundResponse("there is no job " + id);
        }

        @Override
        public Log log(long id, long from) {
            throw new NotFoundResponse("there is no job " + id);
        }
    };

    /** What can be started now. */
    Offer offer();

    /** In the order in which they were asked for. */
    List<Job> jobs();

    /**
     * Puts a command into the queue.
     *
     * @throws dev.heed.run.UserError if the command would refuse it, or may not be started from a page
     */
    Job start(Order order, String who);

    /**
     * Puts the command that began a run into the queue once more.
     *
     * @throws NotFoundResponse if there is no such run
     * @throws dev.heed.run.UserError if it is done, or someone works on it
     */
    Job resume(String run, String who);

    /**
     * Puts the command of a job into the queue once more: what it has not done yet is done.
     *
     * @throws dev.heed.run.UserError if it waits, or someone works on what it makes
     */
    Job again(long id, String who);

    /**
     * Asks a job that runs to save and end.
     *
     * @throws dev.heed.run.UserError if it does not run
     */
    Job stop(long id);

    /**
     * Ends a job that runs at once: what it did since its last checkpoint is lost.
     *
     * @throws dev.heed.run.UserError if it does not run
     */
    Job kill(long id);

    /**
     * Forgets a job that does not run, its log included; one that waits is not started. What it made stays.
     *
     * @throws dev.heed.run.UserError if it runs
     */
    void remove(long id);

    /** What a job said from a byte on, or its last part where that is far back. */
    Log log(long id, long from);

    /**
     * What can be started.
     *
     * @param recipes by name
     * @param files of the home that may be learned from, as paths in it
     * @param models the runs that made one
     */
    record Offer(List<Stage> stages, List<String> recipes, List<String> files, List<String> models) {}

    /** A command. */
    record Stage(String name, String summary, List<Option> options) {}

    /**
     * An option of a command.
     *
     * @param name without dashes
     * @param value the default, as one would type it; null where it must be given
     * @param choices of which one is to be given; empty where it is no choice
     */
    record Option(String name, Kind kind, @Nullable String value, List<String> choices, String help) {}

    /** What an option takes. */
    enum Kind {
        /** true or false. */
        FLAG,
        WHOLE,
        NUMBER,
        CHOICE,
        TEXT,
        /** A run that made a model; several with commas where the help says so. */
        MODEL,
        /** One of the files that are offered. */
        FILE
    }

    /**
     * What someone wants started.
     *
     * @param options by name, those that are to differ from the recipe or the default
     */
    record Order(String stage, @Nullable String recipe, Map<String, String> options) {}

    /**
     * A command that was asked for.
     *
     * @param words as one would type them after {@code heed}
     * @param run what it works on now, or is to make; null where that is not known
     * @param began null while it waits
     * @param code its exit code; null until it ends, and where it was killed
     */
    record Job(
            long id,
            List<String> words,
            String who,
            Instant asked,
            JobState state,
            @Nullable String run,
            @Nullable Instant began,
            @Nullable Instant ended,
            @Nullable Integer code) {}

    /** Where a job stands. */
    enum JobState {
        QUEUED,
        RUNNING,
        /** Asked to end; it saves. */
        STOPPING,
        DONE,
        /** It saved and ended because someone asked it to. */
        STOPPED,
        /** It said why in its log. */
        FAILED,
        /** Its process ended without a word: killed, or the machine went down. */
        KILLED;

        /** Whether its process is there. */
        public boolean works() {
            return this == RUNNING || this == STOPPING;
        }
    }

    /**
     * A part of what a job said.
     *
     * @param from the byte at which the text begins; later than asked for where something was left out
     * @param to the byte after it, from which to ask for more
     */
    record Log(String text, long from, long to) {}
}
