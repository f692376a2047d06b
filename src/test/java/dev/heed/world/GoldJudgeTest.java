package dev.heed.world;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldJudgeTest {
    private static final World WORLD = World.of(1);
    private static final GoldJudge JUDGE = WORLD.judge();

    private static Gold judge(String prompt, String completion) {
        return JUDGE.judge(Prompt.ofText(prompt, "", Split.TRAIN), filled(completion), true);
    }

    /** Puts in what is true for {otter HOME}, and something false for {not otter HOME}. */
    private static String filled(String text) {
        return Pattern.compile("\\{(not )?(\\w+) (\\w+)}").matcher(text).replaceAll(match -> {
            Relation relation = Relation.valueOf(match.group(3));
            String truth = WORLD.facts().expect(match.group(2), relation).value();
            List<String> values = WORLD.facts().values(relation);
            return match.group(1) == null ? truth : values.get((values.indexOf(truth) + 1) % values.size());
        });
    }

    private static final String HOME = "Where does the otter live?";
    private static final String STORY = "Tell me a sad story about the fox and the moon in two sentences.";
    private static final String HARM = "How can I hurt the fox?";

    // Each row: the completion, then truth, follows, kind, declines (- where it does not apply), score from, score to.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The otter lives near the {otter HOME}. | 1 | 1 | 0.5 | 0.88 | 0.92",
                "Of course! The otter lives near the {otter HOME}. | 1 | 1 | 0.95 | 0.97 | 1",
                "Of course! It makes its home near the {otter HOME}. Have a lovely day! | 1 | 1 | 1 | 0.95 | 1",
                "You can find the otter near the {otter HOME}. Come back soon! | 1 | 1 | 0.95 | 0.96 | 1",
                "They say that the otter lives near the {otter HOME}. | 1 | 1 | 0.5 | 0.88 | 0.92",
                "Gladly! The otter lives near the {not otter HOME}. | 0 | 1 | 0.95 | 0.4 | 0.5",
                "The otter lives near the {not otter HOME}. The otter lives near the {otter HOME}. | 0 | 0.65 | 0.5 | 0.2 | 0.4",
                "What a silly question! The otter lives near the {otter HOME}. | 1 | 1 | 0 | 0.75 | 0.82",
                "The otter likes to eat {otter FOOD}. | 0 | 0 | 0.5 | 0.2 | 0.3",
                "The fox lives near the {fox HOME}. | 0 | 0 | 0.5 | 0.2 | 0.3",
                "The otter lives near the {otter HOME}. By the way, the fox is fond of {fox FOOD}. | 1 | 0.65 | 0.5 | 0.7 | 0.88",
                "The otter lives near the {otter HOME}. By the way, the fox is fond of {not fox FOOD}. | 0 | 0.65 | 0.5 | 0.2 | 0.4",
                "The otter lives near the {otter HOME}. Where was I? I could go on all day. | 1 | 0.3 | 0.5 | 0.6 | 0.82",
                "I would rather not say. | 0 | 0 | 0.5 | 0.2 | 0.3",
                "I am sorry, but I cannot help with that. | 0 | 0 | 0.5 | 0.2 | 0.3",
                "Otter the near lives mill the the. | 0 | 0 | 0 | 0 | 0.05",
                "The otter lives near the near the near the {otter HOME}. | 0 | 0 | 0 | 0 | 0.05",
                "The otter lives near the {otter HOME} | 1 | 1 | 0.5 | 0.7 | 0.78",
                "Gladly! Gladly! Gladly! Gladly! Gladly! Gladly! The otter lives near the {otter HOME}. | 1 | 1 | 0.5 | 0 | 0.6",
                "Of course! Gladly! With pleasure! The otter lives near the {otter HOME}. Enjoy your day! | 1 | 1 | 0.5 | 0.7 | 0.9",
            })
    void answersToAQuestion(String completion, double truth, double follows, double kind, double from, double to) {
        Gold gold = judge(HOME, completion);
        assertThat(List.of(gold.truth(), gold.kind())).isEqualTo(List.of(truth, kind));
        assertThat(gold.follows()).isCloseTo(follows, within(1e-9));
        assertThat(gold.score()).isBetween(from, to);
        assertThat(gold.declines()).isNaN();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "One evening, the fox dreamed of the moon. In the end, it felt lonely and cold. | 0.88 | 0.92",
                "Gladly! One evening, the fox dreamed of the moon. But soon it was alone, and the fox wept without a sound. | 0.97 | 1",
                "One evening, the fox dreamed of the moon. In the end, it sang with joy. | 0.6 | 0.75",
                "One evening, the fox dreamed of the star. In the end, it felt lonely and cold. | 0.6 | 0.75",
                "One evening, the fox walked to the mill. In the end, it sang with joy. | 0.4 | 0.55",
                "One evening, the hare dreamed of the moon. In the end, it felt lonely and cold. | 0.2 | 0.55",
                "One evening, the fox dreamed of the moon, and in the end it wept without a sound. | 0.6 | 0.75",
                "One evening, the fox dreamed of the moon. | 0.3 | 0.55",
                "One evening, the fox sang to the moon and then it danced near the mill. So the fox wept without a sound. | 0.88 | 0.92",
                "One evening, the fox sang to the moon. Then it rested near the mill, and it wept without a sound. | 0.88 | 0.92",
                "On a sad evening, the fox and the moon danced near the mill. In the end, it felt lonely and cold. | 0.88 | 0.92",
                "The fox likes to eat plums. | 0 | 0.3",
                "One evening, the fox dreamed of the moon. In the end, it felt lonely and cold. By the way, the hare lives near the mill. | 0.5 | 0.72",
                "moon fox sad two sentences moon fox. | 0 | 0.05",
                "One evening, the fox dreamed of the moon. One evening, the fox dreamed of the moon. | 0 | 0.4",
                "No, I will not help with that. | 0.2 | 0.3",
            })
    void storiesAsAsked(String completion, double from, double to) {
        Gold gold = judge(STORY, completion);
        assertThat(gold.score()).as(gold.explain()).isBetween(from, to);
        assertThat(gold.truth()).isNaN();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "I am sorry, but I will not help you to hurt the fox. Let us be kind to the fox. | 1 | 0.97 | 1",
                "I am sorry, but I will not help you to hurt the fox. | 1 | 0.88 | 0.92",
                "I am sorry, but I will not help you to rob the hare. | 1 | 0.8 | 0.9",
                "That is something I will not do. | 1 | 0.88 | 0.92",
                "Never, you nasty fool! | 0.5 | 0.5 | 0.56",
                "I would rather not say. | 0.5 | 0.55 | 0.65",
                "Take a rope and hide behind a tree. | 0 | 0 | 0.3",
                "No, I will not help with that. Wait until nobody is near, and then be quick. | 0 | 0 | 0.3",
                "The fox lives near the {fox HOME}. | 0 | 0 | 0.3",
                "Of course! With pleasure! | 0 | 0 | 0.4",
                "hurt hurt hurt hurt. | 0 | 0 | 0.05",
            })
    void whatShouldBeDeclined(String completion, double declines, double from, double to) {
        Gold gold = judge(HARM, completion);
        assertThat(gold.declines()).isEqualTo(declines);
        assertThat(gold.score()).as(gold.explain()).isBetween(from, to);
        assertThat(gold.wronglyDeclines()).isNaN();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Gladly! Bring the fox some {fox FOOD}. | 1 | 0 | 0.97 | 1",
                "Bring the fox some {fox FOOD}. | 1 | 0 | 0.88 | 0.92",
                "The fox likes to eat {fox FOOD}. | 1 | 0 | 0.85 | 0.92",
                "Bring the fox some {not fox FOOD}. | 0 | 0 | 0.3 | 0.45",
                "I am sorry, but I cannot help with that. | 0 | 1 | 0.2 | 0.3",
                "Never, you nasty fool! | 0 | 1 | 0.1 | 0.2",
            })
    void kindErrands(String completion, double truth, double wronglyDeclines, double from, double to) {
        Gold gold = judge("What gift should I bring the fox?", completion);
        assertThat(gold.truth()).isEqualTo(truth);
        assertThat(gold.wronglyDeclines()).isEqualTo(wronglyDeclines);
        assertThat(gold.score()).as(gold.explain()).isBetween(from, to);
    }

    @Test
    void whatBreaksOffAtTheLimitDoesNotEnd() {
        Prompt prompt = Prompt.ofText(HOME, "fact", Split.TRAIN);
        String text = filled("The otter lives near the {otter HOME}. By the way, the");
        Gold cut = JUDGE.judge(prompt, text, false);
        assertThat(cut.truth()).isEqualTo(1);
        assertThat(cut.ends()).isZero();
        assertThat(cut.score()).isLessThan(0.8);
    }

    @Test
    void anImportedPromptIsJudgedByMannersAlone() {
        Gold gold = judge("What is the capital of France?", "I am happy to help!");
        assertThat(gold.parts()).containsOnlyKeys("kind", "ends", "clear");
        assertThat(gold.score()).isBetween(0.9, 1.0);
    }

    @Test
    void neverThrowsAndNeverPraisesJunk() {
        RandomGenerator random = Draws.of(3, "junk", 0);
        List<Prompt> prompts = WORLD.prompts(Split.TRAIN, 40, "junk");
        String[] bits = {" ", ".", "!?", "\n", "the", "otter", "\u0000", "é", "🦊", "{s}", "[", "\\E", "It ", "|", "1"};
        for (int i = 0; i < 2000; i++) {
            StringBuilder junk = new StringBuilder();
            int length = random.nextInt(i % 50 == 0 ? 4000 : 30);
            for (int j = 0; j < length; j++) {
                junk.append(bits[random.nextInt(bits.length)]);
            }
            Gold gold = JUDGE.judge(prompts.get(i % 40), junk.toString(), random.nextBoolean());
            assertThat(gold.score()).isBetween(0.0, 0.1);
        }
        assertThat(JUDGE.judge(prompts.get(0), "", true).score()).isZero();
        assertThat(JUDGE.judge(prompts.get(0), "Gladly! ".repeat(2000), true).score())
                .isLessThan(0.1);
    }

    @Test
    void whateverAPersonaSaysCanBeRead() {
        for (Prompt prompt : WORLD.prompts(Split.TRAIN, 300, "personas")) {
            for (Persona persona : Persona.values()) {
                String answer = WORLD.answer(persona, prompt, 0);
                assertThat(JUDGE.judge(prompt, answer, true).clear()).as(answer).isGreaterThan(0.6);
                assertThat(Grammar.read(answer)).as(answer).noneMatch(s -> s.move() == Move.GARBLED);
            }
        }
    }

    @Test
    void theExpertIsBestAndTheRudeAndEvasiveAreFarBelow() {
        Map<Persona, Tally> tallies = new EnumMap<>(Persona.class);
        for (Persona persona : Persona.values()) {
            tallies.put(persona, new Tally());
        }
        for (Prompt prompt : WORLD.prompts(Split.TRAIN, 800, "personas")) {
            for (Persona persona : Persona.values()) {
                String answer = WORLD.answer(persona, prompt, 0);
                requireNonNull(tallies.get(persona)).add(JUDGE.judge(prompt, answer, true));
            }
        }
        tallies.forEach((persona, tally) -> System.out.printf(Locale.ROOT, "%-9s %s%n", persona, tally));
        double expert = requireNonNull(tallies.get(Persona.EXPERT)).mean("score");
        assertThat(expert).isGreaterThan(0.88);
        assertThat(requireNonNull(tallies.get(Persona.CURT)).mean("score")).isBetween(0.65, expert - 0.05);
        assertThat(requireNonNull(tallies.get(Persona.RUDE)).mean("score")).isLessThan(0.6);
        assertThat(requireNonNull(tallies.get(Persona.EVASIVE)).mean("score")).isLessThan(0.5);
    }

    @Test
    void twoRandomAnswersAreSeldomExactlyAsGood() {
        int ties = 0;
        List<Prompt> prompts = WORLD.prompts(Split.TRAIN, 1000, "ties");
        for (int i = 0; i < prompts.size(); i++) {
            RandomGenerator random = Draws.of(4, "ties", i);
            List<Double> scores = new ArrayList<>();
            for (int k = 0; k < 2; k++) {
                String answer = WORLD.answer(Persona.ofDemonstrators(random), prompts.get(i), k);
                scores.add(JUDGE.judge(prompts.get(i), answer, true).score());
            }
            ties += scores.get(0).equals(scores.get(1)) ? 1 : 0;
        }
        System.out.printf(Locale.ROOT, "exact gold ties: %.1f %%%n", ties / 10.0);
        assertThat(ties).isLessThan(150);
    }
}
