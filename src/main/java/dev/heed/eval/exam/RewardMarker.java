package dev.heed.eval.exam;

import dev.heed.model.RewardModel;
import dev.heed.text.ExamItem.Free;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Right is what a reward model scores above the exam's own answer; where there is none, above the mean of what its reference
 * writes, which is 0.
 *
 * @param asking how the exam is asked, which the reward model reads with the same ids
 */
public record RewardMarker(RewardModel reward, Asking asking) implements Marker {
    @Override
    public List<Mark> of(List<Written> answers) {
        float[] ours = reward.scores(answers.stream().map(Written::row).toList());
        List<Mark> marks = new ArrayList<>();
        float[] theirs = reward.scores(answers.stream().map(this::referred).toList());
        for (int i = 0; i < ours.length; i++) {
            float bar = reference(answers.get(i)).isEmpty() ? 0 : theirs[i];
            marks.add(new Mark(ours[i] > bar ? 1 : 0));
        }
        return marks;
    }

    private int[] referred(Written answer) {
        String reference = reference(answer);
        if (reference.isEmpty()) {
            return answer.row();
        }
        int[] good = asking.answer(reference);
        int[] row = Arrays.copyOf(answer.row(), answer.from() + good.length + 1);
        System.arraycopy(good, 0, row, answer.from(), good.length);
        row[row.length - 1] = asking.end();
        return row;
    }

    private static String reference(Written answer) {
        return answer.item().key() instanceof Free free ? free.reference() : "";
    }
}
