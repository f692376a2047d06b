package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.text.QuestionFile;
import java.util.List;

/** Questions of other tools, put before the labelers of a campaign. Importing the same again changes nothing. */
final class QuestionImport {
    private static final int FIRST_ROUND = 1;
    private static final String MODEL = "import";

    private QuestionImport() {}

    /** @return how many there are */
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
}
