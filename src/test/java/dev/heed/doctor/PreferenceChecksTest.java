package dev.heed.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.doctor.Finding.Verdict;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each check finds what was planted, and nothing where nothing was. */
class PreferenceChecksTest {
    private static Prompt prompt(String text, Split split) {
        return Prompt.ofText(text, "", split);
    }

    private static Pair pair(int question, String chosen, String rejected, int strength, String labeler) {
        return new Pair(prompt("question " + question, Split.TRAIN), chosen, rejected, strength, labeler);
    }

    /** A hundred sound answers: half of the time the longer text is chosen. */
    private static List<Pair> sound() {
        return IntStream.range(0, 100)
                .mapToObj(i -> i % 2 == 0
                        ? pair(i, "a longer answer", "short", 2, "ann")
                        : pair(i, "short", "a longer answer", 1, "ann"))
                .toList();
    }

    private static List<Pair> with(Pair... more) {
        List<Pair> all = new ArrayList<>(sound());
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void soundPreferencesAreWell() {
        assertThat(PreferenceChecks.of(sound(), List.of()))
                .allSatisfy(finding -> assertThat(finding.verdict()).isIn(Verdict.WELL, Verdict.SKIPPED));
    }

    @Test
    void aHeldOutPromptInOtherSpellingIsALeak() {
        Finding leak = PreferenceChecks.leaks(
                sound(), List.of(prompt("Question  7", Split.HELD_OUT), prompt("another", Split.HELD_OUT)));
        assertThat(leak.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(leak.found()).isEqualTo("1 of 2 held-out prompts are to learn from as well");
        assertThat(leak.meaning()).contains("'question 7'");
    }

    @Test
    void aFileThatWasImportedTwiceIsFound() {
        List<Pair> twice = with(sound().toArray(Pair[]::new));
        assertThat(PreferenceChecks.repeats(twice).found())
                .isEqualTo("100 of 200 preferences stand there more than once");
        assertThat(PreferenceChecks.repeats(twice).verdict()).isEqualTo(Verdict.DOUBTFUL);
    }

    @Test
    void oppositeAnswersAreCountedWhicheverSideTheyStoodOn() {
        List<Pair> opposed =
                with(pair(0, "short", "a longer answer", 3, "bob"), pair(1, "short", "a longer answer", 1, "bob"));
        Finding finding = PreferenceChecks.contradictions(opposed);
        assertThat(finding.found()).startsWith("50 % of the 2 questions");
        assertThat(finding.verdict()).isEqualTo(Verdict.DOUBTFUL);
        assertThat(PreferenceChecks.contradictions(sound()).verdict()).isEqualTo(Verdict.SKIPPED);
    }

    @Test
    void aTasteForLengthIsFoundInEitherDirection() {
        List<Pair> longer = sound().stream()
                .map(pair -> pair(0, "a longer answer", "short", 1, "ann"))
                .toList();
        List<Pair> shorter = sound().stream()
                .map(pair -> pair(0, "short", "a longer answer", 1, "ann"))
                .toList();
        assertThat(PreferenceChecks.lengths(longer).found()).startsWith("the longer text is chosen in 100 % (96–100)");
        assertThat(PreferenceChecks.lengths(longer).verdict()).isEqualTo(Verdict.DOUBTFUL);
        assertThat(PreferenceChecks.lengths(shorter).verdict()).isEqualTo(Verdict.DOUBTFUL);
        assertThat(PreferenceChecks.lengths(sound()).verdict()).isEqualTo(Verdict.WELL);
    }

    @Test
    void tiesAndEmptyTextsAreCounted() {
        List<Pair> ties = IntStream.range(0, 300)
                .mapToObj(i -> pair(i, "one", "two", 0, "ann"))
                .toList();
        assertThat(PreferenceChecks.ties(with(ties.toArray(Pair[]::new))).found())
                .startsWith("75 % of 400");
        assertThat(PreferenceChecks.ties(with(ties.toArray(Pair[]::new))).verdict())
                .isEqualTo(Verdict.DOUBTFUL);
        Finding empty = PreferenceChecks.empty(with(pair(0, "text", " ", 2, "eve")));
        assertThat(empty.found()).isEqualTo("1 of 101 pairs have a text that is empty");
        assertThat(empty.advice()).contains("1 judged by eve");
    }

    @Test
    void noPreferencesAreSkippedWithWhatToDo() {
        assertThat(PreferenceChecks.of(List.of(), List.of()))
                .extracting(Finding::verdict)
                .containsExactly(Verdict.WELL, Verdict.SKIPPED);
    }
}
