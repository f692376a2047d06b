package dev.heed.rating;

import dev.heed.quality.Bootstrap;
import dev.heed.quality.Figure;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Players by their rating. Source: Chiang et al. 2024, arXiv:2403.04132 (Chatbot Arena): {@link BradleyTerry} on the scale of
 * chess, around 1000, ties and "both bad" as half a win for both, 95 % intervals from resampled games; beside it
 * {@link LengthControl}. Deviation 1: a ridge worth one drawn game a player, as a resample may lack a player's only loss.
 * Deviation 2: players whom no chain of wins joins to the others have no rating, rather than one that the ridge made up.
 *
 * @param standings the best first; those without a rating last, by their share of wins
 * @param meetings one for each two players that have met
 * @param longer how probably the longer of two answers wins, by equally strong players, when it is longer by one root mean
 *     square of the differences seen
 */
public record Leaderboard(long games, List<Standing> standings, List<Meeting> meetings, Figure longer) {
    /** Curvature of one game between equals at its middle: p (1 − p) at one half. */
    private static final double L2 = 0.25;

    private static final Elo SCALE = Elo.STANDARD;

    /**
     * One player.
     *
     * @param won of its games; the rest of them are ties and losses
     * @param rating around 1000, 400 points are odds of 10 to 1
     * @param lengthControlled the same, were all answers equally long
     */
    public record Standing(
            String player, long games, long won, long tied, long lost, Figure rating, Figure lengthControlled) {
        double share() {
            return games == 0 ? -1 : (won + tied / 2.0) / games;
        }
    }

    /** Two players that have met, and what the first of them did. */
    public record Meeting(String first, String second, long won, long tied, long lost) {}

    /**
     * All of it.
     *
     * @param players their names; games name them by index
     */
    public static Leaderboard of(List<Bout> bouts, List<String> players, Bootstrap bootstrap) {
        int[][][] counts = counts(bouts, players.size());
        Group group = Group.of(halves(counts));
        List<Bout> among = among(bouts, group.members());
        List<Interval> fitted = group.members().isEmpty()
                ? List.of()
                : fit(among, group.members().size(), bootstrap);
        List<Standing> standings = new ArrayList<>();
        for (int i = 0; i < players.size(); i++) {
            int at = group.members().indexOf(i);
            String why = group.others().get(i);
            Figure rating = at < 0 ? none(why) : new Figure(total(counts[i]), fitted.get(at), "");
            Figure controlled = at < 0
                    ? none(why)
                    : new Figure(total(counts[i]), fitted.get(group.members().size() + at), "");
            standings.add(standing(players.get(i), counts[i], rating, controlled));
        }
        standings.sort(Comparator.comparingDouble(Leaderboard::rated)
                .thenComparingDouble(Standing::share)
                .reversed());
        Figure longer = fitted.isEmpty()
                ? none("no two models have both won and lost yet")
                : new Figure(among.size(), fitted.get(fitted.size() - 1), "");
        return new Leaderboard(bouts.size(), List.copyOf(standings), meetings(counts, players), longer);
    }

    private static double rated(Standing standing) {
        Interval rating = standing.rating().interval();
        return rating == null ? Double.NEGATIVE_INFINITY : rating.mean();
    }

    private static Figure none(String why) {
        return new Figure(0, null, why);
    }

    private static long total(int[][] counts) {
        return Arrays.stream(counts).flatMapToInt(Arrays::stream).sum();
    }

    private static Standing standing(String name, int[][] counts, Figure rating, Figure controlled) {
        long[] all = new long[3];
        for (int[] against : counts) {
            for (int k = 0; k < all.length; k++) {
                all[k] += against[k];
            }
        }
        return new Standing(name, total(counts), all[0], all[1], all[2], rating, controlled);
    }

    /** (players, players, 3): how often i won, tied and lost against j. */
    private static int[][][] counts(List<Bout> bouts, int players) {
        int[][][] counts = new int[players][players][3];
        for (Bout bout : bouts) {
            Game game = bout.game();
            Wins.expectKnown(game, players);
            int lost = (int) Math.round(2 * (1 - game.score())); // 0, 1, 2: won, tied, lost
            counts[game.first()][game.second()][lost]++;
            counts[game.second()][game.first()][2 - lost]++;
        }
        return counts;
    }

    private static double[][] halves(int[][][] counts) {
        return Arrays.stream(counts)
                .map(row ->
                        Arrays.stream(row).mapToDouble(c -> c[0] + c[1] / 2.0).toArray())
                .toArray(double[][]::new);
    }

    private static List<Meeting> meetings(int[][][] counts, List<String> players) {
        return IntStream.range(0, players.size())
                .boxed()
                .flatMap(i -> IntStream.range(i + 1, players.size())
                        .filter(j -> Arrays.stream(counts[i][j]).sum() > 0)
                        .mapToObj(j -> new Meeting(
                                players.get(i), players.get(j), counts[i][j][0], counts[i][j][1], counts[i][j][2])))
                .toList();
    }

    /** The games between members, who are numbered anew. */
    private static List<Bout> among(List<Bout> bouts, List<Integer> members) {
        return bouts.stream()
                .flatMap(bout -> {
                    int first = members.indexOf(bout.game().first());
                    int second = members.indexOf(bout.game().second());
                    return first < 0 || second < 0
                            ? Stream.empty()
                            : Stream.of(
                                    new Bout(new Game(first, second, bout.game().score()), bout.longer()));
                })
                .toList();
    }

    /** Each player's rating, then each one's at equal length, then what length is worth; all from the same resamples. */
    private static List<Interval> fit(List<Bout> bouts, int players, Bootstrap bootstrap) {
        List<Game> games = bouts.stream().map(Bout::game).toList();
        LengthControl.Columns columns = LengthControl.Columns.of(bouts, players);
        int[] once = IntStream.range(0, bouts.size()).toArray();
        double[] start =
                LengthControl.fit(columns, once, L2, new double[players + 1]).unknowns();
        return bootstrap.all(bouts.size(), drawn -> {
            List<Game> resample = Arrays.stream(drawn).mapToObj(games::get).toList();
            double[] plain = BradleyTerry.fit(resample, players, L2).ratings(SCALE);
            LengthControl controlled = LengthControl.fit(columns, drawn, L2, start);
            return Stream.of(
                            DoubleStream.of(plain),
                            DoubleStream.of(SCALE.ratings(controlled.theta())),
                            DoubleStream.of(Logistic.sigmoid(controlled.slope())))
                    .flatMapToDouble(values -> values)
                    .toArray();
        });
    }
}
