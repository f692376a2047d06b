package dev.heed.feedback;

import java.util.List;

/** What sort of answer a comparison asks for. */
public enum Kind {
    /** Which of two completions is better, and by how much. */
    PAIR(2, 2),
    /** An order of the completions, ties allowed (Ouyang et al. 2022, section 3.4: of four to nine). */
    RANKING(3, 9),
    /** A number from 1 to 7 for each completion on each axis. */
    RATING(2, 9);

    private final int least;
    private final int most;

    Kind(int least, int most) {
        this.least = least;
        this.most = most;
    }

    /** How few completions such a comparison has. */
    public int least() {
        return least;
    }

    /** How many completions such a comparison has at most: a digit of the keyboard each. */
    public int most() {
        return most;
    }

    /** @param axes on which completions are rated; empty where they are not */
    static Kind of(int completions, List<String> axes) {
        return !axes.isEmpty() ? RATING : completions > PAIR.most ? RANKING : PAIR;
    }
}
