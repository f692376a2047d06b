package dev.heed.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.rating.Leaderboard.Meeting;
import dev.heed.rating.Leaderboard.Standing;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaderboardTest {
    private static final List<String> FOUR = List.of("a", "b", "c", "d");
    private static final double[] STRENGTH = {.9, .3, -.2, -1}; // nats, their mean 0
    private static final double[] LENGTH = {200, 90, 200, 60}; // characters, on average
    private static final Bootstrap BOOTSTRAP = new Bootstrap(1, 200);

    /**
     * People who vote by strength and, if they have one, a taste for length.
     *
     * @param taste nats for an answer that is all of both answers' length
     */
    private static List<Bout> voted(long seed, int bouts, double taste) {
        SplittableRandom random = Draws.of(seed, "voters", 0);
        return IntStream.range(0, bouts)
                .mapToObj(b -> {
                    int first = random.nextInt(4);
                    int second = (first + 1 + random.nextInt(3)) % 4;
                    Bout unvoted = Bout.of(new Game(first, second, .5), length(random, first), length(random, second));
                    double likes = Logistic.sigmoid(STRENGTH[first] - STRENGTH[second] + taste * unvoted.longer());
                    // Two minds, and a tie where they differ: half ties then keep the odds as they are.
                    int minds = (random.nextDouble() < likes ? 1 : 0) + (random.nextDouble() < likes ? 1 : 0);
                    return new Bout(new Game(first, second, minds / 2.0), unvoted.longer());
                })
                .toList();
    }

    private static long length(SplittableRandom random, int player) {
        return Math.round(LENGTH[player] * Math.exp(.5 * random.nextGaussian()));
    }

    private static Standing of(Leaderboard board, String player) {
        return board.standings().stream()
                .filter(one -> one.player().equals(player))
                .findFirst()
                .orElseThrow();
    }

    private static Interval rating(Leaderboard board, String player) {
        return Objects.requireNonNull(of(board, player).rating().interval());
    }

    private static Interval controlled(Leaderboard board, String player) {
        return Objects.requireNonNull(of(board, player).lengthControlled().interval());
    }

    @Test
    void intervalsCoverThePlantedStrengths() {
        double[] truth = Elo.STANDARD.ratings(STRENGTH);
        int covered = 0;
        int coveredAtEqualLength = 0;
        int all = 0;
        for (int seed = 0; seed < 30; seed++) {
            Leaderboard fair = Leaderboard.of(voted(seed, 240, 0), FOUR, BOOTSTRAP);
            Leaderboard tasteful = Leaderboard.of(voted(seed, 240, 3), FOUR, BOOTSTRAP);
            for (int i = 0; i < 4; i++) {
                covered += covers(rating(fair, FOUR.get(i)), truth[i]);
                coveredAtEqualLength += covers(controlled(tasteful, FOUR.get(i)), truth[i]);
                all++;
            }
        }
        System.out.printf(
                "95 %% intervals cover the planted rating in %d of %d, at equal length in %d%n",
                covered, all, coveredAtEqualLength);
        assertThat(covered).isBetween(all * 90 / 100, all);
        assertThat(coveredAtEqualLength).isBetween(all * 90 / 100, all);
    }

    private static int covers(Interval interval, double truth) {
        return interval.low() <= truth && truth <= interval.high() ? 1 : 0;
    }

    @Test
    void atEqualLengthATasteForLengthGainsNothing() {
        Leaderboard board = Leaderboard.of(voted(5, 3000, 3), FOUR, BOOTSTRAP);
        double[] truth = Elo.STANDARD.ratings(STRENGTH);
        assertThat(rating(board, "c").low())
                .as("the wordy one is overrated where length is not controlled")
                .isGreaterThan(truth[2] + 30);
        assertThat(rating(board, "b").high()).as("and the short one underrated").isLessThan(truth[1] - 30);
        assertThat(rating(board, "c").mean()).isGreaterThan(rating(board, "b").mean());
        for (int i = 0; i < 4; i++) {
            assertThat(controlled(board, FOUR.get(i)).mean()).isCloseTo(truth[i], within(30.0));
        }
        assertThat(controlled(board, "b").low())
                .as("b is really the better of the two")
                .isGreaterThan(controlled(board, "c").high());
        Interval longer = Objects.requireNonNull(board.longer().interval());
        assertThat(longer.low()).isGreaterThan(.7);
        Leaderboard fair = Leaderboard.of(voted(5, 3000, 0), FOUR, BOOTSTRAP);
        Interval none = Objects.requireNonNull(fair.longer().interval());
        assertThat(none.low()).isLessThan(.5);
        assertThat(none.high()).isGreaterThan(.5);
        assertThat(rating(fair, "b").mean())
                .as("without such a taste both ratings say the same")
                .isCloseTo(controlled(fair, "b").mean(), within(15.0));
    }

    private static Bout swapped(Bout bout) {
        int[] sides = {bout.game().first(), bout.game().second()};
        return new Bout(new Game(sides[1], sides[0], 1 - bout.game().score()), -bout.longer());
    }

    @Test
    void sidesDoNotMatter() {
        List<Bout> bouts = voted(7, 300, 2);
        List<Bout> swapped = bouts.stream().map(LeaderboardTest::swapped).toList();
        Leaderboard one = Leaderboard.of(bouts, FOUR, BOOTSTRAP);
        Leaderboard other = Leaderboard.of(swapped, FOUR, BOOTSTRAP);
        for (String player : FOUR) {
            assertThat(rating(other, player).mean())
                    .isCloseTo(rating(one, player).mean(), within(1e-6));
            assertThat(controlled(other, player).low())
                    .isCloseTo(controlled(one, player).low(), within(1e-6));
        }
    }

    @Test
    void ratingsAreAroundAThousandAndStandInOrder() {
        Leaderboard board = Leaderboard.of(voted(2, 600, 0), FOUR, BOOTSTRAP);
        assertThat(board.standings()).extracting(Standing::player).containsExactly("a", "b", "c", "d");
        assertThat(FOUR.stream()
                        .mapToDouble(player -> rating(board, player).mean())
                        .average()
                        .orElseThrow())
                .isCloseTo(1000, within(1e-9));
        assertThat(board.games()).isEqualTo(600);
        assertThat(board.standings().stream().mapToLong(Standing::games).sum()).isEqualTo(1200);
        assertThat(board.meetings()).hasSize(6);
    }

    private static List<Bout> games(int first, int second, int won, int tied, int lost) {
        List<Bout> bouts = new ArrayList<>();
        bouts.addAll(Collections.nCopies(won, new Bout(new Game(first, second, 1), .1)));
        bouts.addAll(Collections.nCopies(tied, new Bout(new Game(first, second, .5), 0)));
        bouts.addAll(Collections.nCopies(lost, new Bout(new Game(first, second, 0), -.1)));
        return bouts;
    }

    private static String why(Leaderboard board, String player) {
        assertThat(of(board, player).rating().interval()).as(player).isNull();
        assertThat(of(board, player).lengthControlled().undefined())
                .isEqualTo(of(board, player).rating().undefined());
        return of(board, player).rating().undefined();
    }

    @Test
    void whoNeverLostHasNoRatingRatherThanAnInfiniteOne() {
        Leaderboard board = Leaderboard.of(games(0, 1, 5, 0, 0), List.of("a", "b", "c"), BOOTSTRAP);
        assertThat(why(board, "a")).isEqualTo("it has not lost yet, so no finite rating fits");
        assertThat(why(board, "b")).isEqualTo("it has not won yet, so no finite rating fits");
        assertThat(why(board, "c")).isEqualTo("nobody has compared it yet");
        assertThat(board.standings()).extracting(Standing::player).containsExactly("a", "b", "c");
        assertThat(board.longer().interval()).isNull();
        assertThat(board.meetings()).containsExactly(new Meeting("a", "b", 5, 0, 0));
    }

    @Test
    void whoMetNoneOfTheOthersIsNotRatedBesideThem() {
        List<Bout> bouts = new ArrayList<>(games(0, 1, 4, 1, 3));
        bouts.addAll(games(2, 3, 2, 0, 1));
        Leaderboard board = Leaderboard.of(bouts, FOUR, BOOTSTRAP);
        assertThat(rating(board, "a").mean()).isGreaterThan(1000);
        assertThat(rating(board, "b").mean()).isLessThan(1000);
        assertThat(why(board, "c"))
                .isEqualTo("it was not compared with those that have a rating, not even through others");
    }

    @Test
    void winsThatLeadOneWayAreSaidToDoSo() {
        List<Bout> bouts = new ArrayList<>(games(0, 1, 4, 0, 3));
        bouts.addAll(games(1, 2, 3, 0, 0));
        bouts.addAll(games(2, 3, 3, 0, 0));
        Leaderboard board = Leaderboard.of(bouts, FOUR, BOOTSTRAP);
        assertThat(why(board, "c"))
                .isEqualTo("wins lead only one way between it and the others, so no finite rating fits");
        assertThat(why(board, "d")).isEqualTo("it has not won yet, so no finite rating fits");
    }

    @Test
    void aTieJoinsTwoAndIsHalfAWin() {
        Leaderboard board = Leaderboard.of(games(0, 1, 0, 4, 0), List.of("a", "b"), BOOTSTRAP);
        assertThat(rating(board, "a").mean()).isCloseTo(1000, within(1e-9));
        assertThat(of(board, "a").tied()).isEqualTo(4);
    }

    @Test
    void nothingIsSaidOfNoVotes() {
        Leaderboard board = Leaderboard.of(List.of(), List.of("a", "b"), BOOTSTRAP);
        assertThat(board.games()).isZero();
        assertThat(why(board, "a")).isEqualTo("nobody has compared it yet");
        assertThat(Leaderboard.of(List.of(), List.of(), BOOTSTRAP).standings()).isEmpty();
    }

    @Test
    void lengthsAreComparedByShare() {
        Game game = new Game(0, 1, 1);
        assertThat(Bout.of(game, 300, 100).longer()).isEqualTo(.5);
        assertThat(Bout.of(game, 0, 7).longer()).isEqualTo(-1);
        assertThat(Bout.of(game, 0, 0).longer()).isZero();
        assertThatThrownBy(() -> new Bout(game, 1.5)).hasMessage("longer must be from -1 to 1, was 1.5");
    }

    @Test
    void twentyThousandVotesTakeSeconds() {
        List<Bout> bouts = voted(3, 20_000, 1);
        long begin = System.nanoTime();
        Leaderboard.of(bouts, FOUR, new Bootstrap(1, 500));
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("the leaderboard of 20,000 votes: %.1f s%n", seconds);
        assertThat(seconds).isLessThan(15);
    }
}
