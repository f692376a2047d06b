package dev.heed.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DavidsonTest {
    private static final double EXACT = 1e-7;

    @Test
    void ofTwoPlayersIsWhatWasSeen() {
        // 4 wins, 1 loss, 2 ties: x / y = 4, so √(xy) is 2 where y is 1, and ν · 2 must be 2.
        Davidson fit = Davidson.fit(games(4, 1, 2), 2);
        assertThat(fit.theta()).containsExactly(new double[] {Math.log(2), -Math.log(2)}, within(EXACT));
        assertThat(fit.nu()).isCloseTo(1, within(EXACT));
        assertThat(fit.beats(0, 1)).isCloseTo(4 / 7.0, within(EXACT));
        assertThat(fit.ties(0, 1)).isCloseTo(2 / 7.0, within(EXACT));
        assertThat(fit.logLikelihood())
                .isCloseTo(4 * Math.log(4 / 7.0) + Math.log(1 / 7.0) + 2 * Math.log(2 / 7.0), within(EXACT));
    }

    @Test
    void withoutTiesIsBradleyTerry() {
        List<Game> games = games(3, 1, 0);
        Davidson fit = Davidson.fit(games, 2);
        BradleyTerry same = BradleyTerry.fit(games, 2, 0);
        assertThat(fit.nu()).isZero();
        assertThat(fit.ties(0, 1)).isZero();
        assertThat(fit.theta()).containsExactly(same.theta(), within(EXACT));
        assertThat(fit.beats(0, 1)).isCloseTo(same.beats(0, 1), within(EXACT));
    }

    @Test
    void orderDoesNotMatter() {
        List<Game> games = new ArrayList<>(games(4, 1, 2));
        games.add(new Game(1, 2, 1));
        games.add(new Game(2, 0, .5));
        games.add(new Game(2, 1, 1));
        Davidson fit = Davidson.fit(games, 3);
        Collections.reverse(games);
        assertThat(Davidson.fit(games, 3).theta()).containsExactly(fit.theta(), within(EXACT));
    }

    @Test
    void refusesWhereStrengthsAndTiesCanRunAwayTogether() {
        // One win and one tie: the stronger the first, and the more ties there are, the likelier these two, without an
        // end.
        String message =
                "no finite strengths fit ties and wins best: no circle of games has more wins than ties; ask for more games, or count ties as half wins (BradleyTerry)";
        assertThatThrownBy(() -> Davidson.fit(games(1, 0, 1), 2)).hasMessage(message);
        assertThatThrownBy(() -> Davidson.fit(games(0, 0, 3), 2)).hasMessage(message);
    }

    @Test
    void aCircleWithMoreWinsThanTiesIsEnough() {
        List<Game> circle = List.of(new Game(0, 1, 1), new Game(1, 2, 1), new Game(2, 0, .5));
        Davidson fit = Davidson.fit(circle, 3);
        assertThat(fit.theta()[0]).isGreaterThan(fit.theta()[1]).isLessThan(10);
        assertThat(fit.nu()).isBetween(0.0, 100.0);
    }

    @Test
    void refusesPlayersWhoNeverMet() {
        assertThatThrownBy(() -> Davidson.fit(games(1, 1, 1), 3))
                .hasMessageStartingWith("players 0 and 2 cannot be compared");
    }

    /** Were the condition too weak, Newton's method would run to infinity and say so; were it too strong, nothing would fit. */
    @Test
    void ofAnyFewGamesIsFiniteOrRefused() {
        int finite = 0;
        for (int trial = 0; trial < 2_000; trial++) {
            SplittableRandom random = Draws.of(4, "few games", trial);
            List<Game> games =
                    Stream.generate(() -> drawn(random)).limit(3 + trial % 8).toList();
            try {
                Davidson fit = Davidson.fit(games, 3);
                assertThat(fit.nu()).isBetween(0.0, 1e3);
                assertThat(Arrays.stream(fit.theta()).map(Math::abs).max().orElseThrow())
                        .isLessThan(20);
                finite++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).message().containsAnyOf("cannot be compared", "never lost", "no finite strengths");
            }
        }
        assertThat(finite).isBetween(200, 1_800);
    }

    private static Game drawn(SplittableRandom random) {
        int first = random.nextInt(3);
        return new Game(first, (first + 1 + random.nextInt(2)) % 3, random.nextInt(3) / 2.0);
    }

    private static List<Game> games(int won, int lost, int tied) {
        List<Game> games = new ArrayList<>(BradleyTerryTest.games(0, 1, won, lost));
        games.addAll(Collections.nCopies(tied, new Game(0, 1, .5)));
        return games;
    }
}
