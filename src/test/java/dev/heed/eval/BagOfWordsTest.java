package dev.heed.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BagOfWordsTest {
    private static final double EXACT = 1e-12;

    // Vocabulary: good, film, fun, bad. Positive counts good 2, film 1, fun 1 (4 + 4 smoothing); negative bad 1, film 1
    // (2 + 4).
    private final BagOfWords bag = BagOfWords.of(List.of("Good film!", "good, good fun"), List.of("bad film"));

    @Test
    void isBayesTheoremByHand() {
        double good = (3.0 / 8) / (1.0 / 6); // P(good | positive) / P(good | negative)
        double bad = (1.0 / 8) / (2.0 / 6);
        double odds = 2.0 / 1; // two positive texts, one negative
        assertThat(bag.positive("good")).isCloseTo(odds * good / (1 + odds * good), within(EXACT));
        assertThat(bag.positive("bad")).isCloseTo(odds * bad / (1 + odds * bad), within(EXACT));
        assertThat(bag.positive("good bad")).isCloseTo(odds * good * bad / (1 + odds * good * bad), within(EXACT));
    }

    @Test
    void countsAWordOnceAText() {
        assertThat(bag.positive("Good, good GOOD")).isEqualTo(bag.positive("good"));
    }

    @Test
    void knowsNothingOfUnknownWordsButTheShares() {
        assertThat(bag.positive("zebra")).isCloseTo(2.0 / 3, within(EXACT)).isEqualTo(bag.positive(""));
    }

    @Test
    void keepsApostrophesInsideWords() {
        BagOfWords negated = BagOfWords.of(List.of("do it"), List.of("don't it"));
        assertThat(negated.positive("don't")).isLessThan(0.5);
        assertThat(negated.positive("'do'")).isGreaterThan(0.5);
    }

    @Test
    void accuracyIsTheShareToldRight() {
        assertThat(bag.accuracy(List.of("good", "bad"), List.of("bad", "bad bad"))
                        .mean())
                .isEqualTo(0.75);
    }

    @Test
    void refusesAKindWithoutTexts() {
        assertThatThrownBy(() -> BagOfWords.of(List.of("good"), List.of()))
                .hasMessage("both kinds need texts: got 1 positive, 0 negative");
    }
}
