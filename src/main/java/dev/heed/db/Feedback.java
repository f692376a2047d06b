package dev.heed.db;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Event;
import dev.heed.feedback.Known;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.feedback.Taken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What people were asked and what they said: the only seam between people and learning. Either the database itself
 * ({@link FeedbackStore}) or a running server that holds it. Everything is append-only. Safe for many threads.
 */
public interface Feedback extends AutoCloseable {

    /**
     * Adds those that are not there yet, known by id.
     *
     * @return the stored ones, in the given order
     * @throws Conflict if an id is stored with other messages
     */
    List<Prompt> addPrompts(List<Prompt> prompts);

    /** In order of insertion. */
    List<Prompt> prompts(Split split);

    /**
     * Adds comparisons, and their prompts where new. One that is already stored (same round, prompt and texts) is not
     * added again; one of whose completions two are identical leaves no choice and is left out.
     *
     * @param comparisons with id 0
     * @return the stored ones with their ids, in the given order; shorter than {@code comparisons} by the number of
     *     identical ones
     */
    List<Comparison> addComparisons(List<Comparison> comparisons);

    Optional<Comparison> findComparison(long id);

    /** All of one round, by id. */
    List<Comparison> comparisons(int round);

    /** All of them, round by round; what was imported is of round 0. */
    default List<Comparison> comparisons() {
        return IntStream.rangeClosed(0, latestRound())
                .mapToObj(this::comparisons)
                .flatMap(List::stream)
                .toList();
    }

    /**
     * What to ask this labeler next: not answered by the labeler, and by fewer than {@code answers} others (a SKIP is
     * no answer). Most urgent first, then newest round, then lowest id.
     */
    List<Comparison> open(String labeler, int limit, int answers);

    /** As {@link #open(String, int, int)}, where one answer is enough. */
    default List<Comparison> open(String labeler, int limit) {
        return open(labeler, limit, 1);
    }

    /** How many comparisons {@link #open(String, int, int)} could name. */
    long remaining(String labeler, int answers);

    /** How many comparisons this labeler has answered or skipped. */
    default long answered(String labeler) {
        return tally().of(labeler);
    }

    /**
     * Stores an answer. When this returns, it is in the database and on the disk. Sent again with the same id and
     * content, it is stored once; the time of answering is not compared.
     *
     * @return as stored: its time in milliseconds
     * @throws Conflict if the id is stored with another content; if the labeler has answered that comparison and this
     *     does not name the current answer as replaced
     * @throws IllegalArgumentException if there is no such comparison, or no labeler's name of 1 to 80 characters
     */
    default Preference addPreference(Preference preference) {
        return addPreferences(List.of(preference)).get(0);
    }

    /** As {@link #addPreference} for many, all or none; several thousand a second, in one write. */
    List<Preference> addPreferences(List<Preference> preferences);

    /** Tells the current ones (no other preference replaces them), in order of insertion, a few in memory at a time. */
    void eachPreference(Consumer<Preference> reader);

    /** As {@link #eachPreference}. */
    default List<Preference> preferences() {
        List<Preference> all = new ArrayList<>();
        eachPreference(all::add);
        return List.copyOf(all);
    }

    /**
     * Tells current preferences as training reads them: SKIP, BOTH_BAD and ratings left out, ties kept with strength 0, a
     * ranking as every two of its completions. Ordered by comparison, then by insertion, so that the same answers give the
     * same pairs. A few are in memory at a time.
     */
    void eachPair(Consumer<Pair> reader);

    /** As {@link #eachPair}. */
    default List<Pair> pairs() {
        List<Pair> all = new ArrayList<>();
        eachPair(all::add);
        return List.copyOf(all);
    }

    /** What is worked on, by its name. */
    Optional<Campaign> findCampaign(String name);

    /** What leads decided and holds, by comparison: {@link #eachPair} tells that instead of what labelers said. */
    List<Adjudication> adjudications();

    /** What is known to be right, by comparison: labelers are asked it now and then. */
    List<Known> gold();

    /** How many preferences were ever stored, those that were corrected included: the number of the last. */
    long lastPreference();

    /**
     * Tells every answer, also those that were corrected and those of labelers who are left out, by comparison and then in
     * order of insertion. A few are in memory at a time, and nothing is held while the reader takes its time: rows are only
     * ever appended, so that what {@link #lastPreference} bounds stays the same.
     *
     * @param last later preferences are left out
     */
    void eachEvent(long last, Consumer<Event> reader);

    /** Tells every answer that a labeler wrote, as {@link #eachEvent} does. */
    void eachDemonstration(Consumer<Demonstrated> reader);

    /**
     * Takes answers from elsewhere, and what they are about where that is new; all in one write, so several hundred at a time.
     * Two different texts each.
     */
    Taken takeEvents(List<Event> events);

    /** As {@link #takeEvents}. */
    Taken takeDemonstrations(List<Demonstrated> demonstrations);

    /** As {@link #takeEvents}. */
    Taken takePrompts(List<Prompt> prompts);

    /** Whose answers training does not read, by name. */
    List<String> excluded();

    /** Writes {@link #pairs} as an immutable file into a folder, which is made where missing. */
    Snapshot snapshot(Path folder);

    /** Writes all of one moment into a file that {@link Backup#restore} makes a home of. */
    void backup(Path file);

    /** 0 before the first. */
    default int latestRound() {
        return tally().latestRound();
    }

    Tally tally();

    @Override
    void close();
}
