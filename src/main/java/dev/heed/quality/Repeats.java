package dev.heed.quality;

import dev.heed.quality.Sheet.Given;
import dev.heed.quality.Sheet.Item;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How steadily labelers answer a question that is asked again, wherever its texts stand. */
final class Repeats {
    static final String NONE = "no question was asked twice";

    private Repeats() {}

    /** Of each labeler who was asked something again, the share of answers that are as the last one to the same question. */
    static Map<Integer, Figure> of(Sheet sheet) {
        Map<Integer, Shares> equal = new HashMap<>();
        for (List<Item> question : sheet.repeats()) {
            Map<Integer, Vote> last = new HashMap<>();
            for (Item item : question) {
                for (Given one : item.given()) {
                    Vote vote = Sheet.inOrder(item, one);
                    Vote before = last.put(one.labeler(), vote);
                    if (before != null) {
                        equal.computeIfAbsent(one.labeler(), first -> new Shares())
                                .add(item.asked().comparison(), before == vote);
                    }
                }
            }
        }
        Map<Integer, Figure> figures = new HashMap<>();
        equal.forEach((labeler, shares) -> figures.put(labeler, shares.figure(NONE)));
        return figures;
    }
}
