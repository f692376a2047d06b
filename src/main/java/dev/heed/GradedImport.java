package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Graded;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.text.QuestionFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** Rankings, ratings and questions of other tools into the store. Importing the same again changes nothing. */
final class GradedImport {
    private static final int BEFORE_THE_LOOP = 0;
    private static final int FIRST_ROUND = 1;
    private static final String MODEL = "import";

    private GradedImport() {}

    /** Questions, put before the labelers of a campaign. @return how many there are */
    static int ask(Feedback feedback, Campaign campaign, List<QuestionFile.Question> questions) {
        Asking asking = new Asking(campaign.id(), null);
        List<Comparison> comparisons = questions.stream()
                .flatMap(question -> Comparison.among(
                        FIRST_ROUND,
                        question.prompt(),
                        completions(question.completions()),
                        campaign.plan().axes(),
                        asking)
                        .stream())
                .toList();
        return feedback.addComparisons(comparisons).size();
    }

    private static List<Completion> completions(List<String> texts) {
        return texts.stream().map(text -> new Completion(text, MODEL, true)).toList();
    }

    /** What a comparison is known by. */
    private record Key(String prompt, List<String> texts, List<String> axes) {
        static Key of(Comparison comparison) {
            return new Key(comparison.prompt().id(), comparison.texts(), comparison.axes());
        }
    }

    /** Each becomes a preference; those of one prompt and the same texts share a comparison. @return how many there are */
    static int add(Feedback feedback, List<Graded> graded) {
        Map<Key, Comparison> asked = new LinkedHashMap<>();
        graded.stream().map(GradedImport::comparison).forEach(one -> asked.putIfAbsent(Key.of(one), one));
        Map<Key, Long> numbers = new HashMap<>();
        feedback.addComparisons(List.copyOf(asked.values()))
                .forEach(stored -> numbers.put(Key.of(stored), stored.id()));
        Map<UUID, Preference> answers = new LinkedHashMap<>(); // a labeler answers a comparison once
        Instant now = Instant.now();
        for (Graded one : graded) {
            Key key = Key.of(comparison(one));
            Preference answer = answer(one, key, numbers.getOrDefault(key, 0L), now);
            answers.putIfAbsent(answer.id(), answer);
        }
        return feedback.addPreferences(new ArrayList<>(answers.values())).size();
    }

    private static Comparison comparison(Graded graded) {
        Prompt prompt = graded.prompt();
        List<String> axes = List.copyOf(graded.ratings().keySet());
        return Comparison.among(BEFORE_THE_LOOP, prompt, completions(graded.completions()), axes, Asking.LOOP)
                .orElseThrow();
    }

    private static Preference answer(Graded graded, Key key, long comparison, Instant now) {
        List<Integer> shown =
                IntStream.range(0, graded.completions().size()).boxed().toList();
        UUID id = UUID.nameUUIDFromBytes((graded.labeler() + "\u0000" + key).getBytes(StandardCharsets.UTF_8));
        return new Preference(
                id,
                comparison,
                graded.labeler(),
                graded.kind() == Kind.RATING
                        ? Answer.RATED
                        : graded.ranks().isEmpty() ? Answer.BOTH_BAD : Answer.RANKED,
                false,
                0,
                now,
                null,
                Note.NONE,
                Asked.PLAINLY,
                new Grades(shown, graded.ranks(), graded.ratings()));
    }
}
