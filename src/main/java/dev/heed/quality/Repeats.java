package dev.heed.quality;

import dev.heed.quality.Sheet.Given;
import dev.heed.quality.Sheet.Item;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How steadily someone answers a question that is asked again, whichever side its texts are on.
 *
 * @param equal answers that are as the last one to the same question
 * @param asked how often a question was asked again
 */
record Repeats(int equal, int asked) {
    /** Of each labeler who was asked something again. */
    static Map<Integer, Repeats> of(Sheet sheet) {
        Map<Integer, Repeats> repeats = new HashMap<>();
        for (List<Item> question : sheet.repeats()) {
            Map<Integer, Vote> last = new HashMap<>();
            for (Item item : question) {
                for (Given one : item.given()) {
                    Vote vote = Sheet.inOrder(item, one);
                    Vote before = last.put(one.labeler(), vote);
                    if (before != null) {
                        repeats.merge(one.labeler(), new Repeats(before == vote ? 1 : 0, 1), Repeats::plus);
                    }
                }
            }
        }
        return repeats;
    }

    private Repeats plus(Repeats other) {
        return new Repeats(equal + other.equal, asked + other.asked);
    }

    Figure share() {
        return Figure.share(equal, asked, "no question was asked twice");
    }
}
