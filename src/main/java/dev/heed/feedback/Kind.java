package dev.heed.feedback;

import java.util.List;

/** What sort of answer a comparison asks for. */
public enum Kind {
    /** Which of two completions is better, and by how much. */
    PAIR(2, 2) {
        @Override
        boolean allows(Answer answer) {
            return answer != Answer.RANKED && answer != Answer.RATED;
        }
    },
    /** An order of the completions, ties allowed (Ouyang et al. 2022, section 3.4: of four to nine). */
    RANKING(3, 9) {
        @Override
        boolean allows(Answer answer) {
            return answer == Answer.RANKED || answer == Answer.BOTH_BAD || answer == Answer.SKIP;
        }
    },
    /** A number from 1 to 7 for each completion on each axis. */
    RATING(2, 9) {
        @Override
        boolean allows(Answer answer) {
            return answer == Answer.RATED || answer == Answer.SKIP;
        }

        @Override
        double distance(Form form, Judgement one, Judgement other) {
            return Distance.ofRatings(form, one, other) / Distance.OF_RATINGS_BY_CHANCE;
        }
    };

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

    /** Whether that can be said to such a comparison. */
    abstract boolean allows(Answer answer);

    /** How far two judgements, neither of them a skip, lie apart, as a share of how far they would by chance. */
    double distance(Form form, Judgement one, Judgement other) {
        return Distance.ofOrders(form, one, other) / Distance.OF_ORDERS_BY_CHANCE;
    }

    /** @param axes on which completions are rated; empty where they are not */
    static Kind of(int completions, List<String> axes) {
        return !axes.isEmpty() ? RATING : completions > PAIR.most ? RANKING : PAIR;
    }
}
