package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.rating.Leaderboard.Meeting;
import dev.heed.web.Matchmaker.Match;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MatchmakerTest {
    @Test
    void thoseThatHaveMetLessMeetMore() {
        List<Meeting> meetings = List.of(new Meeting("b", "a", 1, 1, 1), new Meeting("b", "c", 0, 1, 0));
        int lots = 1000;
        Map<Match, Long> drawn = IntStream.range(0, lots)
                .mapToObj(lot -> Matchmaker.any(List.of("a", "b", "c"), meetings, (lot + .5) / lots))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        double all = 1 / 4.0 + 1 / 2.0 + 1;
        Map<Match, Double> weights =
                Map.of(new Match("a", "b"), 1 / 4.0, new Match("b", "c"), 1 / 2.0, new Match("a", "c"), 1.0);
        assertThat(drawn.keySet()).isEqualTo(weights.keySet());
        weights.forEach((match, weight) -> assertThat((double) drawn.getOrDefault(match, 0L))
                .as(match.toString())
                .isCloseTo(lots * weight / all, within(1.0)));
    }

    @Test
    void twoModelsMeetWhateverTheLot() {
        for (double lot : new double[] {0, .5, Math.nextDown(1.0)}) {
            assertThat(Matchmaker.any(List.of("a", "b"), List.of(), lot)).isEqualTo(new Match("a", "b"));
        }
    }
}
