package dev.heed.rating;

import dev.heed.quality.Finite;
import java.util.List;

/** Who won how often against whom: wins[i][j] counts those of i against j. */
public final class Wins {
    private Wins() {}

    /**
     * Each game counted, a tie as half a win for both.
     *
     * @return (players, players), at least 0
     * @throws IllegalArgumentException if there is no game, or a player in one is not below {@code players}
     */
    public static double[][] withHalfTies(List<Game> games, int players) {
        Finite.expectAtLeast(1, "games", games.size());
        double[][] wins = new double[players][players];
        for (Game game : games) {
            expectKnown(game, players);
            wins[game.first()][game.second()] += game.score();
            wins[game.second()][game.first()] += 1 - game.score();
        }
        return wins;
    }

    static void expectKnown(Game game, int players) {
        if (Math.max(game.first(), game.second()) >= players) {
            throw new IllegalArgumentException("players must be below %d, got a game of %d and %d"
                    .formatted(players, game.first(), game.second()));
        }
    }

    /**
     * Strengths are finite only if a chain of wins leads from each player to each other (Ford 1957).
     *
     * @throws IllegalArgumentException if not, with two players between whom there is none
     */
    static void expectChains(double[][] wins) {
        boolean[][] above = chains(wins);
        for (int i = 0; i < wins.length; i++) {
            for (int j = 0; j < wins.length; j++) {
                if (i != j && !above[i][j]) {
                    throw new IllegalArgumentException(
                            above[j][i]
                                    ? "player %d never lost to player %d, not even through others, so no finite strength fits; set l2 above 0, or ask for more games"
                                            .formatted(j, i)
                                    : "players %d and %d cannot be compared, not even through others; set l2 above 0, or ask for more games"
                                            .formatted(i, j));
                }
            }
        }
    }

    /** Whether a chain of wins leads from i to j; Warshall 1962. */
    static boolean[][] chains(double[][] wins) {
        int n = wins.length;
        boolean[][] above = new boolean[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                above[i][j] = wins[i][j] > 0;
            }
        }
        for (int through = 0; through < n; through++) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    above[i][j] |= above[i][through] && above[through][j];
                }
            }
        }
        return above;
    }
}
