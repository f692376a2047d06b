package dev.heed.feedback;

import java.util.List;
import java.util.Map;

/**
 * One labeler's ranking or rating, for whoever reads them beside the comparisons: in the comparison's own order.
 *
 * @param ranks of each completion, from 1, the best; empty where none was acceptable, and in a rating
 * @param ratings of each completion, by axis, from 1 to 7; empty in a ranking
 * @param group the same for all that was said to one comparison
 */
public record Graded(
        Prompt prompt,
        List<String> completions,
        List<Integer> ranks,
        Map<String, List<Integer>> ratings,
        String labeler,
        String group) {
    public Graded {
        completions = List.copyOf(completions);
        ranks = List.copyOf(ranks);
    }

    public Kind kind() {
        return ratings.isEmpty() ? Kind.RANKING : Kind.RATING;
    }
}
