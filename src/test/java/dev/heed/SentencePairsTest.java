package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Pair;
import dev.heed.feedback.Split;
import dev.heed.text.PreferenceRow;
import dev.heed.text.ReadRows;
import dev.heed.text.SentenceFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePairsTest {
    private static final SentenceFile ALL = new SentenceFile(numbered("a good film"), numbered("a bad film"));

    private final SentencePairs pairs = SentencePairs.of(ALL);

    @TempDir
    Path folder;

    private static List<String> numbered(String text) {
        return IntStream.range(0, 200).mapToObj(i -> text + " " + i + " .").toList();
    }

    private List<Pair> written() {
        Path file = folder.resolve("preferences.jsonl");
        pairs.write(file, Openings.some(1000), 0, 0.2, 1);
        ReadRows<Pair> read = ReadRows.of(file, row -> PreferenceRow.pair(row, "test"));
        assertThat(read.errors()).isEmpty();
        return read.good();
    }

    @Test
    void everySentenceIsOnOneSideOnly() {
        List<String> both = new ArrayList<>(pairs.learned().positive());
        both.addAll(pairs.kept().positive());
        assertThat(both).containsExactlyInAnyOrderElementsOf(ALL.positive());
        assertThat(pairs.learned().positive())
                .hasSizeBetween(60, 140)
                .doesNotContainAnyElementsOf(pairs.kept().positive());
    }

    @Test
    void aPreferenceIsAPositiveOverANegativeSentence() {
        assertThat(written())
                .hasSize(Math.min(
                        pairs.learned().positive().size(),
                        pairs.learned().negative().size()))
                .allSatisfy(pair -> {
                    assertThat(pair.chosen()).matches(" A good film \\d+\\.");
                    assertThat(pair.rejected()).matches(" A bad film \\d+\\.");
                });
    }

    @Test
    void whatMeasuresTheRewardModelIsNewToIt() {
        Set<String> learned = new HashSet<>();
        Set<String> held = new HashSet<>();
        for (Pair pair : written()) {
            (pair.prompt().split() == Split.HELD_OUT ? held : learned).add(pair.chosen());
        }
        assertThat(held).isNotEmpty().doesNotContainAnyElementsOf(learned);
        assertThat((double) held.size() / (held.size() + learned.size())).isBetween(0.15, 0.25);
    }

    @Test
    void aSentenceIsPrintedAsABookWould() {
        assertThat(SentencePairs.prose("i think it's \" great \" , ( really ) funny ."))
                .isEqualTo("I think it's \"great\", (really) funny.");
    }
}
