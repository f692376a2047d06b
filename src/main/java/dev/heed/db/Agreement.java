package dev.heed.db;

/**
 * What a store found when it opened.
 *
 * @param prompts rows of the database, as of comparisons and preferences; corrected ones included
 * @param replayed rows that only the journal had: the database has them again
 * @param journaled rows that only the database had: the journal has them now
 * @param refused preferences of the journal that newer ones of a shared database contradict; they stay in the journal
 */
public record Agreement(long prompts, long comparisons, long preferences, long replayed, long journaled, long refused) {

    /** One line for people. */
    public String text() {
        return "%d prompts, %d comparisons, %d preferences, corrections included; the journal has the same%s%s%s"
                .formatted(
                        prompts,
                        comparisons,
                        preferences,
                        replayed == 0 ? "" : "; %d rows came back from the journal".formatted(replayed),
                        journaled == 0 ? "" : "; %d rows were added to the journal".formatted(journaled),
                        refused == 0
                                ? ""
                                : "; %d preferences that newer ones contradict stay in the journal".formatted(refused));
    }
}
