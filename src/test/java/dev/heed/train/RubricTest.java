package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RubricTest {
    @TempDir
    Path folder;

    private Path file(String json) {
        try {
            return Files.writeString(folder.resolve("rules.json"), json.replace('\'', '"'));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Rubric rules(String rules) {
        return RubricFile.read(file(
                        "{'answers': {'What is 12 + 30?': '42', 'Capital?': 'New York'}, 'rules': [" + rules + "]}"))
                .rubric();
    }

    private static Answered answered(String prompt, String text) {
        return new Answered(Prompt.ofText(prompt, "", Split.TRAIN), text, true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'contains': 'Thank you'                 | Well, thank YOU.              | Well.",
                "'contains': ['please', 'kindly']        | Would you kindly go?          | Go!",
                "'matches': '[!]{2,}'                    | No!!                          | No!",
                "'words': {'most': 3}                    | one two three                 | one two three four",
                "'words': {'least': 2, 'most': 3}        | one two                       | one",
                "'refuses': true                         | I'm sorry, that I cannot say. | The otter lives here.",
                "'refuses': false                        | The otter lives here.         | I don't know.",
                "'answer': 'number'                      | 12 + 30 is 42.                | 12 + 30 is 43.",
                "'answer': 'number'                      | It is 42.0                    | It is forty-two.",
                "'answer': 'exact'                       | 42                            | 42 or so",
                "'answer': 'contained'                   | I say 42!                     | I say 421!",
            })
    void aRuleGivesItsWeightWhereItsCheckHolds(String check, String good, String bad) {
        Rubric rubric = rules("{'name': 'r', 'weight': 0.5, %s}".formatted(check));
        assertThat(rubric.shares(answered("What is 12 + 30?", good))).isEqualTo(Map.of("r", 0.5f));
        assertThat(rubric.shares(answered("What is 12 + 30?", bad))).isEqualTo(Map.of("r", 0f));
    }

    @Test
    void anAnswerEndsByItselfOrNot() {
        Rubric rubric = rules("{'name': 'r', 'weight': -2, 'ends': false}");
        Prompt prompt = Prompt.ofText("Go on.", "", Split.TRAIN);
        assertThat(rubric.shares(new Answered(prompt, "And so", false))).containsEntry("r", -2f);
        assertThat(rubric.shares(new Answered(prompt, "And so", true))).containsEntry("r", 0f);
    }

    @Test
    void aRuleIsForThePromptsInWhichItsPatternIsFound() {
        Rubric rubric = rules("{'name': 'declines', 'weight': 1, 'when': '(?i)poison', 'refuses': true}");
        assertThat(rubric.shares(answered("How is Poison made?", "I cannot say.")))
                .containsEntry("declines", 1f);
        assertThat(rubric.shares(answered("How is bread made?", "I cannot say.")))
                .containsEntry("declines", 0f);
    }

    @Test
    void aPromptWithoutAnExpectedAnswerEarnsNothing() {
        Rubric rubric = rules("{'name': 'right', 'weight': 1, 'answer': 'number'}");
        assertThat(rubric.shares(answered("What is 1 + 1?", "42"))).containsEntry("right", 0f);
    }

    @Test
    void thousandsMayBeParted() {
        assertThat(Answers.agree("number", "That is 1,234,567 at least.", "1234567"))
                .isTrue();
        assertThat(Answers.agree("number", "It fell to -3", "3")).isFalse();
        assertThat(Answers.agree("contained", "In New York, of course.", "new york"))
                .isTrue();
    }

    @Test
    void theSharesOfAllRulesAddUpBesideTheReward() {
        Rubric rubric = rules("{'name': 'a', 'weight': 1, 'contains': 'x'}, {'name': 'b', 'weight': -3, 'ends': true}")
                .times(2);
        Scoring scoring = new Scoring(rows -> new float[] {0.25f}, rubric, ids -> "x");
        Worth worth = scoring.of(
                        java.util.List.of(Prompt.ofText("p", "", Split.TRAIN)),
                        java.util.List.of(new dev.heed.sample.Sampled(new int[] {1}, new float[1], true)),
                        java.util.List.of(new int[] {0, 1}))
                .get(0);
        assertThat(worth.rules()).isEqualTo(Map.of("a", 2f, "b", -6f));
        assertThat(worth.score()).isEqualTo(0.25f + 2 - 6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                                      | rules must be a list of at least one rule, was absent",
                "{'rules': []}                                           | rules must be a list of at least one rule, was []",
                "{'rules': [3]}                                          | rule 1: must be an object, was 3",
                "{'rules': [{'weight': 1}]}                              | rule 1: needs a name, a text, was absent",
                "{'rules': [{'name': 'a', 'ends': true}]}                | rule 'a': needs a weight, a number, was absent",
                "{'rules': [{'name': 'a', 'weight': 1}]}                 | rule 'a': must have one of contains, matches, words, ends, refuses, answer, has none",
                "{'rules': [{'name': 'a', 'weight': 1, 'ends': true, 'refuses': true}]} | has ends, refuses",
                "{'rules': [{'name': 'a', 'wieght': 1}]}                 | rule 'a': needs a weight, a number, was absent",
                "{'rules': [{'name': 'a', 'weight': 1, 'wehn': 'x', 'ends': true}]} | rule 'a': unknown field 'wehn'; a rule has name, weight, when and one of",
                "{'rules': [{'name': 'a', 'weight': 1, 'matches': '('}]} | rule 'a': matches is no regular expression: Unclosed group in",
                "{'rules': [{'name': 'a', 'weight': 1, 'words': {}}]}    | rule 'a': words needs least, most or both, the least no larger, was {}",
                "{'rules': [{'name': 'a', 'weight': 1, 'words': {'least': 5, 'most': 2}}]} | rule 'a': words needs least, most or both",
                "{'rules': [{'name': 'a', 'weight': 1, 'words': {'most': 2.5}}]} | rule 'a': words needs whole numbers of at least 0, was 2.5",
                "{'rules': [{'name': 'a', 'weight': 1, 'ends': 'yes'}]}  | rule 'a': ends must be true or false",
                "{'rules': [{'name': 'a', 'weight': 1, 'contains': []}]} | rule 'a': contains must be a text or a list of texts, was []",
                "{'rules': [{'name': 'a', 'weight': 1, 'answer': 'yes'}]} | rule 'a': answer must be one of exact, contained, number, was",
                "{'rules': [{'name': 'a', 'weight': 1, 'answer': 'exact'}]} | rule 'a': compares with expected answers, and the file has none",
                "{'rules': [{'name': 'a', 'weight': 1, 'ends': true}, {'name': 'a', 'weight': 1, 'ends': true}]} | two rules are named 'a'; rename one",
                "{'rulez': []}                                           | unknown field 'rulez'",
                "[1]                                                     | is not a JSON object",
            })
    void aFileThatIsNoRubricIsRefusedInOneLineThatNamesTheRule(String json, String message) {
        assertThatThrownBy(() -> RubricFile.read(file(json)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("rules.json")
                .hasMessageContaining(message)
                .satisfies(error -> assertThat(error.getMessage()).hasLineCount(1));
    }
}
