package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusTest {
    private static final List<int[]> DOCUMENTS = List.of(new int[] {11, 12, 13}, new int[] {}, new int[] {21, 22});

    @Test
    void rowsOverlapByOneAndDocumentsAreMarked() { // 1 11 12 13 2 1 2 1 21 22 2
        assertThat(Corpus.blocks(DOCUMENTS, 4, 1, 2)).isDeepEqualTo(new int[][] {{1, 11, 12, 13, 2}, {2, 1, 2, 1, 21}});
        assertThat(Corpus.blocks(DOCUMENTS, 5, 1, 2))
                .isDeepEqualTo(new int[][] {{1, 11, 12, 13, 2, 1}, {1, 2, 1, 21, 22, 2}});
    }

    @Test
    void oneMarkerStandsBetweenDocumentsWhereItBothBeginsAndEnds() { // 1 11 12 13 1 1 21 22 1
        assertThat(Corpus.blocks(DOCUMENTS, 8, 1, 1)).isDeepEqualTo(new int[][] {{1, 11, 12, 13, 1, 1, 21, 22, 1}});
    }

    @Test
    void tooLittleTextMakesNoRow() {
        assertThat(Corpus.blocks(DOCUMENTS, 11, 1, 2)).isEmpty();
        assertThat(Corpus.blocks(List.of(), 4, 1, 2)).isEmpty();
        assertThatThrownBy(() -> Corpus.blocks(DOCUMENTS, 0, 1, 2)).hasMessage("length must be at least 1, was 0");
    }

    @Test
    void anOrderDependsOnSeedPurposeAndEpochAlone() {
        List<Integer> items = List.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
        List<Integer> once = Corpus.shuffled(items, 7, "pretrain", 0);
        assertThat(once).isEqualTo(Corpus.shuffled(items, 7, "pretrain", 0)).containsExactlyInAnyOrderElementsOf(items);
        assertThat(once)
                .isNotEqualTo(Corpus.shuffled(items, 7, "pretrain", 1))
                .isNotEqualTo(Corpus.shuffled(items, 7, "sft", 0))
                .isNotEqualTo(Corpus.shuffled(items, 8, "pretrain", 0));
    }
}
