package dev.heed.rating;

/**
 * Two players met, and one of them won or neither did; what ratings are computed from.
 *
 * @param first index of a player, from 0
 * @param second index of the other
 * @param score of the first: 1 won, 0.5 tie, 0 lost
 */
public record Game(int first, int second, double score) {
    public Game {
        if (first < 0 || second < 0 || first == second) {
            throw new IllegalArgumentException(
                    "a game is of two different players, each from 0: got %d, %d".formatted(first, second));
        }
        if (score != 0 && score != 0.5 && score != 1) {
            throw new IllegalArgumentException("score must be 0, 0.5 or 1, was " + score);
        }
    }

    boolean isTie() {
        return score == 0.5;
    }
}
