package dev.heed.exchange;

import dev.heed.db.Feedback;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A store at one moment, read a few rows at a time.
 *
 * @param last preference of that moment; later ones are not told
 * @param excluded whose answers training does not read
 */
record Source(Feedback feedback, long last, Filter filter, List<String> excluded) {
    static Source of(Feedback feedback, Filter filter) {
        return new Source(feedback, feedback.lastPreference(), filter, feedback.excluded());
    }

    /** Every answer. */
    void events(Consumer<Event> reader) {
        feedback.eachEvent(last, event -> {
            if (filter.lets(event)) {
                reader.accept(event);
            }
        });
    }

    /**
     * The answers to one pair after the other that count: as {@link Feedback#eachPair}, with "both bad". A ranking is every two
     * of its completions.
     */
    void comparisons(Consumer<List<Event>> reader) {
        List<Event> same = new ArrayList<>();
        events(event -> {
            if (!same.isEmpty()
                    && same.get(0).comparison().id() != event.comparison().id()) {
                Versus.each(same, reader);
                same.clear();
            }
            if (counts(event)) {
                same.add(event);
            }
        });
        if (!same.isEmpty()) {
            Versus.each(same, reader);
        }
    }

    /** Whether it is current, asked for, no skip, and of a labeler who is not left out. */
    static boolean counts(Event event) {
        return !event.replaced()
                && !event.excluded()
                && !event.preference().asked().extra()
                && event.comparison().asking().repeat() == null
                && event.preference().answer() != Answer.SKIP;
    }

    /** Every answer that a labeler wrote; these belong to no campaign and no round. */
    void demonstrations(Consumer<Demonstrated> reader) {
        feedback.eachDemonstration(reader);
    }
}
