package dev.heed.rating;

import dev.heed.quality.Finite;
import java.util.Arrays;
import java.util.List;

/**
 * Ratings as chess players know them: so many points of difference are odds of so much. Source: Elo 1978, "The Rating of
 * Chessplayers, Past and Present".
 *
 * @param scale points of difference that make the odds {@code base} to 1, above 0
 * @param base above 1
 * @param mean of all ratings, and the first rating of each player
 */
public record Elo(double scale, double base, double mean) {
    /** 400 points are odds of 10 to 1, around 1000: the scale of Chatbot Arena. */
    public static final Elo STANDARD = new Elo(400, 10, 1000);

    public Elo {
        Finite.expect("an Elo scale", new double[] {scale, base, mean});
        if (scale <= 0 || base <= 1) {
            throw new IllegalArgumentException(
                    "scale must be above 0 and base above 1, were %s, %s".formatted(scale, base));
        }
    }

    /** Expected score of a player, in [0, 1], a tie counted as half. */
    public double expected(double rating, double against) {
        return 1 / (1 + Math.pow(base, (against - rating) / scale));
    }

    /**
     * Ratings after each game, in the order in which they were played: the later a game, the more it weighs.
     *
     * @param k points that a game can move at most, above 0
     * @return (games, players)
     */
    public double[][] history(List<Game> games, int players, double k) {
        if (!(k > 0 && k < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("k must be above 0 and finite, was " + k);
        }
        double[] ratings = new double[players];
        Arrays.fill(ratings, mean);
        double[][] history = new double[games.size()][];
        for (int g = 0; g < history.length; g++) {
            Game game = games.get(g);
            Wins.expectKnown(game, players);
            double surprise = k * (game.score() - expected(ratings[game.first()], ratings[game.second()]));
            ratings[game.first()] += surprise;
            ratings[game.second()] -= surprise;
            history[g] = ratings.clone();
        }
        return history;
    }

    /** Log-strengths (nats) as ratings of this scale. */
    public double[] ratings(double[] theta) {
        double centre = Arrays.stream(theta).average().orElse(0);
        return Arrays.stream(theta)
                .map(t -> mean + scale / Math.log(base) * (t - centre))
                .toArray();
    }
}
