package dev.heed.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Words;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContaminationTest {
    private static ExamItem item(String id, String question, ExamItem.Key key) {
        return new ExamItem(id, "s", question, key, "", id);
    }

    @Test
    void aRunOfWordsInCommonIsFoundWhateverItsCaseAndSigns() {
        List<ExamItem> items = List.of(
                item("a", "Where does the old otter live?", new Words(List.of("by the mill"))),
                item("b", "Where does the young badger sleep?", new Words(List.of("in a bed"))));
        Contamination contamination = new Contamination(items, 4);
        contamination.read("Tell me: WHERE, does the old -- otter go?");
        // "where does the old", "does the old otter" of nine words in six runs; of b nothing.
        assertThat(contamination.shares()).containsExactly(new double[] {2 / 6., 0}, within(1e-12));
        contamination.read("where does the old otter live by the mill");
        assertThat(contamination.shares()[0]).isEqualTo(1);
    }

    @Test
    void aShortQuestionIsOneRunAndItsAnswerBelongsToIt() {
        List<ExamItem> items = List.of(item("a", "Where?", new Choice(List.of("here", "there"), 1, -1)));
        Contamination contamination = new Contamination(items, 13);
        contamination.read("Where? Here.");
        assertThat(contamination.shares()).containsExactly(0);
        contamination.read("Where there is a will.");
        assertThat(contamination.shares()).containsExactly(1);
    }

    @Test
    void examplesNeverHoldTheQuestionItselfAndPreferItsSubject() {
        List<ExamItem> pool = IntStream.range(0, 10)
                .mapToObj(i -> new ExamItem(
                        "q" + i, i < 4 ? "one" : "other", "Question " + i, new Words(List.of("a" + i)), "", "q" + i))
                .toList();
        Shots shots = new Shots(3, pool, 1);
        for (ExamItem item : pool.subList(0, 4)) {
            assertThat(shots.of(item))
                    .hasSize(3)
                    .doesNotContain(item)
                    .allSatisfy(shot -> assertThat(shot.subject()).isEqualTo("one"))
                    .isEqualTo(shots.of(item));
        }
        assertThat(new Shots(3, pool, 2).of(pool.get(9))).isNotEqualTo(shots.of(pool.get(9)));
        assertThatThrownBy(() -> new Shots(10, pool, 1).of(pool.get(0)))
                .hasMessage("--shots=10 needs as many other questions with an answer that can be shown, q0 has 9");
    }
}
