package dev.heed.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BradleyTerryTest {
    private static final double EXACT = 1e-9;

    @Test
    void ofTwoPlayersIsTheLogOddsOfTheirWins() {
        BradleyTerry fit = BradleyTerry.fit(games(0, 1, 3, 1), 2, 0); // 3 wins to 1
        assertThat(fit.beats(0, 1)).isCloseTo(.75, within(EXACT));
        assertThat(fit.theta()).containsExactly(new double[] {Math.log(3) / 2, -Math.log(3) / 2}, within(EXACT));
        assertThat(fit.logLikelihood()).isCloseTo(3 * Math.log(.75) + Math.log(.25), within(EXACT));
        // The difference has information 4 · 3/4 · 1/4 = 3/4; each strength moves by half of it.
        assertThat(fit.standardErrors()[0]).isCloseTo(Math.sqrt(4 / 3.0) / 2, within(EXACT));
        assertThat(fit.ratings(Elo.STANDARD)[0]).isCloseTo(1000 + 200 * Math.log10(3), within(1e-6));
    }

    @Test
    void aTieIsHalfAWin() {
        List<Game> games = new ArrayList<>(games(0, 1, 2, 0));
        games.add(new Game(0, 1, .5));
        games.add(new Game(1, 0, .5));
        assertThat(BradleyTerry.fit(games, 2, 0).beats(0, 1)).isCloseTo(3 / 4.0, within(EXACT));
    }

    @Test
    void neitherOrderNorSeatMatters() {
        List<Game> games = drawn(new double[] {1, 0, -1, .5}, 300);
        List<Game> otherwise = new ArrayList<>(games.stream()
                .map(g -> new Game(/* first= */ g.second(), /* second= */ g.first(), 1 - g.score()))
                .toList());
        Collections.reverse(otherwise);
        assertThat(BradleyTerry.fit(otherwise, 4, 0).theta())
                .containsExactly(BradleyTerry.fit(games, 4, 0).theta(), within(EXACT));
    }

    @Test
    void findsTheStrengthsThatTheGamesWereDrawnFrom() {
        double[] strengths = {1.2, .4, -.3, -1.3};
        BradleyTerry fit = BradleyTerry.fit(drawn(strengths, 4_000), 4, 0);
        for (int i = 0; i < 4; i++) {
            assertThat(fit.theta()[i]).isCloseTo(strengths[i], within(4 * fit.standardErrors()[i]));
        }
    }

    @Test
    void aRidgeKeepsThoseWhoNeverLostFinite() {
        BradleyTerry fit = BradleyTerry.fit(games(0, 1, 5, 0), 2, .1);
        // By hand: 5 σ(−2θ) = 0.1 θ.
        assertThat(5 * fit.beats(1, 0)).isCloseTo(.1 * fit.theta()[0], within(EXACT));
        assertThat(fit.theta()[0]).isPositive();
    }

    @Test
    void refusesThoseWhoNeverLostWithoutARidge() {
        assertThatThrownBy(() -> BradleyTerry.fit(games(1, 0, 5, 0), 2, 0))
                .hasMessage(
                        "player 1 never lost to player 0, not even through others, so no finite strength fits; set l2 above 0, or ask for more games");
    }

    @Test
    void refusesPlayersBetweenWhomNoChainOfGamesLeads() {
        List<Game> games = new ArrayList<>(games(0, 1, 1, 1));
        games.addAll(games(2, 3, 1, 1));
        assertThatThrownBy(() -> BradleyTerry.fit(games, 4, 0))
                .hasMessage(
                        "players 0 and 2 cannot be compared, not even through others; set l2 above 0, or ask for more games");
        assertThat(BradleyTerry.fit(games, 4, .01).theta()).containsExactly(new double[4], within(EXACT));
    }

    @Test
    void aChainOfWinsThroughOthersIsEnough() {
        List<Game> round = List.of(new Game(0, 1, 1), new Game(1, 2, 1), new Game(2, 0, 1));
        assertThat(BradleyTerry.fit(round, 3, 0).theta()).containsExactly(new double[3], within(EXACT));
    }

    @Test
    void intervalsOfRatingsAreAsWideAsTheStandardErrorsSay() {
        List<Game> games = drawn(new double[] {.6, 0, -.6}, 600);
        Elo nats = new Elo(1, Math.E, 0);
        BradleyTerry fit = BradleyTerry.fit(games, 3, 1e-3);
        List<Interval> ratings = BradleyTerry.ratings(games, 3, 1e-3, nats, new Bootstrap(1, 400));
        double[] errors = BradleyTerry.fit(games, 3, 0).standardErrors();
        for (int i = 0; i < 3; i++) {
            assertThat(ratings.get(i).mean()).isCloseTo(fit.theta()[i], within(EXACT));
            // 400 resamples know a 2.5 % quantile to about 7 % of the width.
            assertThat((ratings.get(i).high() - ratings.get(i).low()) / (2 * 1.96 * errors[i]))
                    .isBetween(.8, 1.2);
        }
    }

    @Test
    void refusesToResampleWithoutARidge() {
        assertThatThrownBy(() -> BradleyTerry.ratings(games(0, 1, 3, 1), 2, 0, Elo.STANDARD, new Bootstrap(1)))
                .hasMessage(
                        "l2 must be above 0 where games are resampled, was 0.0: a resample may lack a player's only loss");
    }

    @Test
    void refusesWhatIsNoGame() {
        assertThatThrownBy(() -> new Game(1, 1, 1))
                .hasMessage("a game is of two different players, each from 0: got 1, 1");
        assertThatThrownBy(() -> new Game(0, 1, Double.NaN)).hasMessage("score must be 0, 0.5 or 1, was NaN");
        assertThatThrownBy(() -> BradleyTerry.fit(List.of(), 2, 0)).hasMessage("at least 1 games are needed, got 0");
        assertThatThrownBy(() -> BradleyTerry.fit(games(0, 2, 1, 1), 2, 0))
                .hasMessage("players must be below 2, got a game of 0 and 2");
        assertThatThrownBy(() -> BradleyTerry.fit(games(0, 1, 1, 1), 2, Double.NaN))
                .hasMessage("l2 must be at least 0 and finite, was NaN");
    }

    static List<Game> games(int first, int second, int won, int lost) {
        List<Game> games = new ArrayList<>(Collections.nCopies(won, new Game(first, second, 1)));
        games.addAll(Collections.nCopies(lost, new Game(first, second, 0)));
        return games;
    }

    private static List<Game> drawn(double[] strengths, int count) {
        SplittableRandom random = Draws.of(11, "games", count);
        return IntStream.range(0, count)
                .mapToObj(g -> {
                    int first = random.nextInt(strengths.length);
                    int second = (first + 1 + random.nextInt(strengths.length - 1)) % strengths.length;
                    double p = Logistic.sigmoid(strengths[first] - strengths[second]);
                    return new Game(first, second, random.nextDouble() < p ? 1 : 0);
                })
                .toList();
    }
}
