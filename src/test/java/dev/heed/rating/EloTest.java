package dev.heed.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EloTest {
    private final List<Game> games = List.of(new Game(0, 1, 1), new Game(1, 2, .5), new Game(0, 2, 0));

    @Test
    void fourHundredPointsAreTenToOne() {
        assertThat(Elo.STANDARD.expected(1400, 1000)).isCloseTo(10 / 11.0, within(1e-12));
        assertThat(Elo.STANDARD.ratings(new double[] {Math.log(10), 0}))
                .containsExactly(new double[] {1200, 800}, within(1e-9));
    }

    @Test
    void aWinAmongEqualsMovesHalfOfK() {
        double[][] history = Elo.STANDARD.history(games, 3, 32);
        assertThat(history[0]).containsExactly(1016, 984, 1000);
        assertThat(history[1][1]).isCloseTo(984 + 32 * (.5 - 1 / (1 + Math.pow(10, 16 / 400.0))), within(1e-9));
    }

    @Test
    void whatOneGainsTheOtherLoses() {
        for (double[] ratings : Elo.STANDARD.history(games, 3, 32)) {
            assertThat(Arrays.stream(ratings).sum()).isCloseTo(3_000, within(1e-9));
        }
    }

    @Test
    void refusesWhatIsNoScale() {
        assertThatThrownBy(() -> new Elo(0, 10, 1000))
                .hasMessage("scale must be above 0 and base above 1, were 0.0, 10.0");
        assertThatThrownBy(() -> new Elo(400, Double.NaN, 1000))
                .hasMessage("an Elo scale must be finite, was NaN at index 1");
        assertThatThrownBy(() -> Elo.STANDARD.history(games, 3, 0)).hasMessage("k must be above 0 and finite, was 0.0");
        assertThatThrownBy(() -> Elo.STANDARD.history(games, 2, 4))
                .hasMessage("players must be below 2, got a game of 1 and 2");
    }
}
