package dev.heed.exchange;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Message;
import dev.heed.feedback.Note;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A store in which everything was said that is hard to tell in a file. */
final class Spoken {
    private static final Instant AT = Instant.parse("2026-11-26T09:30:00.120Z");

    private Spoken() {}

    private static Prompt prompt(Message... messages) {
        return new Prompt(Prompt.idOf(List.of(messages)), List.of(messages), "fact", Split.HELD_OUT);
    }

    private static Comparison comparison(int round, Prompt prompt, String first, String second, Asking asking) {
        return new Comparison(
                0,
                round,
                prompt,
                new Completion(first, "sft", true),
                new Completion(second, "ppo-1", false),
                0.25,
                asking);
    }

    static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private static Preference said(long comparison, String labeler, Answer answer, @Nullable UUID replaces) {
        return new Preference(
                id(comparison + labeler + answer),
                comparison,
                labeler,
                answer,
                answer == Answer.SECOND,
                1234,
                AT,
                replaces,
                new Note(
                        labeler.equals("ann") ? "=1+1, \"why\"\r\nnot" : "",
                        List.of("truer", "a,b"),
                        labeler.equals("bob")),
                new Asked(Asked.ChosenBy.RANDOM, 2, false));
    }

    /** A ranking by two, and a rating. */
    private static List<Preference> graded(FeedbackStore store) {
        List<Completion> three = List.of(
                new Completion("=best", "sft", true),
                new Completion("fair", "ppo-1", false),
                new Completion("worst", "ppo-2", true));
        List<Comparison> asked = store.addComparisons(List.of(
                Comparison.among(4, prompt(Message.user("Which of three?")), three, List.of(), Asking.LOOP)
                        .orElseThrow(),
                Comparison.among(4, prompt(Message.user("How good?")), three, List.of("truth", "kindness"), Asking.LOOP)
                        .orElseThrow()));
        return List.of(
                graded(
                        asked.get(0).id(),
                        "ann",
                        Answer.RANKED,
                        new Grades(List.of(2, 0, 1), List.of(1, 2, 2), Map.of())),
                graded(
                        asked.get(0).id(),
                        "bob",
                        Answer.RANKED,
                        new Grades(List.of(0, 1, 2), List.of(2, 1, 3), Map.of())),
                graded(
                        asked.get(1).id(),
                        "ann",
                        Answer.RATED,
                        new Grades(
                                List.of(1, 0, 2),
                                List.of(),
                                Map.of("truth", List.of(7, 4, 1), "kindness", List.of(1, 2, 3)))));
    }

    private static Preference graded(long comparison, String labeler, Answer answer, Grades grades) {
        return new Preference(
                id(comparison + labeler + answer),
                comparison,
                labeler,
                answer,
                false,
                4321,
                AT,
                null,
                Note.NONE,
                Asked.PLAINLY,
                grades);
    }

    /** Nine comparisons, in a campaign and the loop, fifteen answers and a demonstration. */
    static void into(FeedbackStore store) {
        Campaign kind = store.campaigns().add("Kindness", Plan.of(2), AT);
        List<Comparison> asked = store.addComparisons(List.of(
                comparison(1, prompt(Message.user("=cmd()")), "+1", "@two\nlines", Asking.LOOP),
                comparison(1, prompt(Message.user("Zero?")), "a", "'=quoted", Asking.LOOP),
                comparison(
                        2,
                        prompt(
                                new Message(Message.Role.SYSTEM, "Be kind."),
                                Message.user("Hi, \"you\""),
                                new Message(Message.Role.ASSISTANT, "Hello"),
                                Message.user("-2?")),
                        "",
                        "\u4f60\u597d \ud83e\udda6",
                        Asking.LOOP),
                comparison(
                        2,
                        prompt(Message.user("\n\nHuman: p\n\nAssistant: q")),
                        "one\u0000",
                        "two",
                        new Asking(kind.id(), null)),
                comparison(0, prompt(Message.user("Why?")), "long\tanswer", "short", Asking.LOOP),
                comparison(3, prompt(Message.user("A tie?")), "b", "a", Asking.LOOP)));
        Comparison again = store.addComparisons(List.of(new Comparison(
                        0,
                        1,
                        asked.get(0).prompt(),
                        /* first= */ asked.get(0).second(),
                        /* second= */ asked.get(0).first(),
                        0,
                        new Asking(Campaign.LOOP, new Asking.Repeat(asked.get(0).id(), "ann")))))
                .get(0);
        store.addPreferences(List.of(
                said(1, "ann", Answer.FIRST_MUCH, null),
                said(1, "bob", Answer.FIRST_SLIGHTLY, null),
                said(1, "mia", Answer.SECOND, null),
                said(2, "ann", Answer.SKIP, null),
                said(2, "bob", Answer.SECOND_SLIGHTLY, null),
                said(3, "ann", Answer.FIRST, null),
                said(4, "ann", Answer.BOTH_BAD, null),
                said(5, "=bob", Answer.SECOND, null),
                said(6, "ann", Answer.TIE, null)));
        store.addPreferences(List.of(
                said(again.id(), "ann", Answer.SECOND, null),
                said(3, "ann", Answer.SECOND_MUCH, id("3annFIRST")),
                said(6, "bob", Answer.TIE, null)));
        store.addPreferences(graded(store));
        store.campaigns().exclude("mia", true, "lea", AT);
        store.addDemonstration(
                new Demonstration(id("demonstration"), asked.get(2).prompt().id(), "-Better, \"so\"", "ann", 3L, AT));
    }
}
