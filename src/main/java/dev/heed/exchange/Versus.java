package dev.heed.exchange;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Event;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Preference;
import java.util.List;
import java.util.function.Consumer;

/** What was said to a comparison, as answers to pairs. */
final class Versus {
    private Versus() {}

    /**
     * Tells the answers to each pair: of a ranking, every two of its completions; of a rating, none.
     *
     * @param answers to one comparison
     */
    static void each(List<Event> answers, Consumer<List<Event>> reader) {
        Comparison asked = answers.get(0).comparison();
        List<Event> held = held(answers);
        switch (asked.kind()) {
            case PAIR -> reader.accept(alone(asked, held));
            case RANKING -> everyTwo(asked, held, reader);
            case RATING -> {}
        }
    }

    /** What a lead decided stands for all that was said. */
    private static List<Event> held(List<Event> answers) {
        Event one = answers.get(0);
        Event.Decision decided = one.decided();
        return decided == null
                ? answers
                : List.of(one.about(
                        one.comparison(), said(one.preference(), decided.judgement(), decided.lead()), one.group()));
    }

    /** Two that were compared alone are of no group. */
    private static List<Event> alone(Comparison asked, List<Event> answers) {
        return answers.stream()
                .map(event -> event.about(asked, event.preference(), ""))
                .toList();
    }

    private static void everyTwo(Comparison asked, List<Event> answers, Consumer<List<Event>> reader) {
        int count = asked.form().completions();
        List<Comparison> pairs = asked.pairs();
        int next = 0;
        for (int one = 0; one < count; one++) {
            for (int other = one + 1; other < count; other++) {
                Comparison pair = pairs.get(next++);
                int first = one;
                int second = other;
                reader.accept(answers.stream()
                        .map(event -> event.about(pair, said(event.preference(), first, second), event.group()))
                        .toList());
            }
        }
    }

    private static Preference said(Preference said, int first, int second) {
        return said(said, new Judgement(answer(said, first, second), null), said.labeler());
    }

    private static Answer answer(Preference said, int first, int second) {
        if (said.answer() == Answer.BOTH_BAD) {
            return Answer.BOTH_BAD;
        }
        int above = said.judgement().above(first, second);
        return above == 0 ? Answer.TIE : above > 0 ? Answer.FIRST : Answer.SECOND;
    }

    private static Preference said(Preference said, Judgement as, String labeler) {
        return new Preference(
                said.id(),
                said.comparison(),
                labeler,
                as.answer(),
                false,
                said.shownMs(),
                said.at(),
                null,
                said.note(),
                said.asked(),
                as.grades());
    }
}
