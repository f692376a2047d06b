package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CorpusTest {
    private static final List<int[]> DOCUMENTS = List.of(new int[] {11, 12, 13}, new int[] {}, new int[] {21, 22});

    @Test
    void aDocumentGoesWhereItLeavesTheLeastRoomAndABeginningFillsTheRest() {
        assertThat(Corpus.blocks(DOCUMENTS, 6, 1, 2))
                .isDeepEqualTo(new int[][] {{1, 11, 12, 13, 2, 1, 2}, {1, 21, 22, 2, 1, 11, 12}});
        assertThat(Corpus.blocks(DOCUMENTS, 4, 1, 2))
                .isDeepEqualTo(new int[][] {{1, 11, 12, 13, 2}, {1, 2, 1, 11, 12}, {1, 21, 22, 2, 1}});
    }

    @Test
    void aDocumentLongerThanARowIsCutIntoRowsThatOverlapByOne() { // 1 11 12 13 2
        assertThat(Corpus.blocks(List.of(new int[] {11, 12, 13}), 2, 1, 2))
                .isDeepEqualTo(new int[][] {{1, 11, 12}, {12, 13, 2}});
        assertThat(Corpus.blocks(List.of(new int[] {11, 12}), 2, 1, 2))
                .isDeepEqualTo(new int[][] {{1, 11, 12}, {12, 2, 1}});
    }

    @Test
    void oneMarkerStandsBetweenDocumentsWhereItBothBeginsAndEnds() {
        assertThat(Corpus.blocks(DOCUMENTS, 8, 1, 1)).isDeepEqualTo(new int[][] {{1, 11, 12, 13, 1, 1, 21, 22, 1}});
    }

    @Test
    void everyDocumentThatFitsIsWholeInOneRow() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        List<int[]> documents = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int[] document = new int[1 + random.nextInt(30)];
            Arrays.fill(document, 100 + i);
            documents.add(document);
        }
        List<int[]> blocks = List.of(Corpus.blocks(documents, 32, 1, 2));
        assertThat(blocks).allMatch(row -> row.length == 33 && row[0] == 1);
        for (int[] document : documents) {
            int[] whole = new int[document.length + 2];
            Arrays.fill(whole, document[0]);
            whole[0] = 1;
            whole[whole.length - 1] = 2;
            assertThat(blocks).anySatisfy(row -> assertThat(row).containsSequence(whole));
        }
        long tokens = documents.stream().mapToLong(d -> d.length + 2).sum();
        assertThat(blocks.size() * 33L).as("little room is left").isLessThan(tokens * 11 / 10);
    }

    @Test
    void tooLittleTextMakesNoRow() {
        assertThat(Corpus.blocks(DOCUMENTS, 11, 1, 2)).isEmpty();
        assertThat(Corpus.blocks(List.of(), 4, 1, 2)).isEmpty();
        assertThatThrownBy(() -> Corpus.blocks(DOCUMENTS, 0, 1, 2)).hasMessage("length must be at least 1, was 0");
    }
}
