package dev.heed.eval.exam;

import dev.heed.text.ExamItem;
import java.util.List;

/**
 * An exam: its questions, and, where it is one that is passed or failed, how its sections count.
 *
 * @param name as files and results are called
 * @param sections none: no score is given, only shares of right answers
 * @param passMark the least score that passes, from 0 to 1
 */
public record Paper(String name, List<ExamItem> items, List<Section> sections, double passMark) {
    public Paper {
        items = List.copyOf(items);
        sections = List.copyOf(sections);
    }

    /** A part of it: the questions of one subject. */
    public record Section(String subject, double weight) {}

    /** An exam without a pass mark. */
    public static Paper ungraded(String name, List<ExamItem> items) {
        return new Paper(name, items, List.of(), 0);
    }
}
