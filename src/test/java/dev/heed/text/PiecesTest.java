package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PiecesTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<String> all(Pieces pieces) {
        return pieces.stream(place -> true, (place, text) -> text).toList();
    }

    /** In the order of the file. */
    private static List<String> placed(Pieces pieces) {
        String[] placed = new String
                [(int) pieces.stream(place -> true, (place, text) -> text).count()];
        pieces.stream(place -> true, (place, text) -> placed[place] = text).forEach(text -> {});
        return List.of(placed);
    }

    @Test
    void paragraphsThatFollowEachOtherMakeAPiece() throws IOException {
        String text = "\n\none\ntwo\n \t\nthree äöü\r\n\r\nfour\n\n\n\nfive six seven\n\neight";
        assertThat(placed(Pieces.of(file("a.txt", text), 7, 1)))
                .containsExactly("one\ntwo", "three äöü", "four\n\n\n\nfive six seven", "eight");
        assertThat(placed(Pieces.of(file("a.txt", text), 1, 1)))
                .containsExactly("one\ntwo", "three äöü", "four", "five six seven", "eight");
        assertThat(placed(Pieces.of(file("a.txt", text), 1000, 1))).containsExactly(text.strip());
    }

    @Test
    void aTextWithoutBlankLinesIsCutAtAWordsEnd() throws IOException {
        String text = "word ".repeat(100);
        List<String> pieces = placed(Pieces.of(file("a.txt", text), 2, 1));
        assertThat(pieces).hasSize(15).allSatisfy(piece -> assertThat(piece).matches("word( word)+"));
        assertThat(String.join(" ", pieces)).isEqualTo(text.strip());
    }

    @Test
    void theirOrderIsTheSeeds() throws IOException {
        Path file = file(
                "a.txt", IntStream.range(0, 500).mapToObj(i -> "piece " + i).collect(Collectors.joining("\n\n")));
        List<String> one = all(Pieces.of(file, 1, 1));
        assertThat(one).isEqualTo(all(Pieces.of(file, 1, 1))).isNotEqualTo(all(Pieces.of(file, 1, 2)));
        assertThat(one).containsExactlyInAnyOrderElementsOf(placed(Pieces.of(file, 1, 1)));
        assertThat(one.subList(0, 50).stream()
                        .mapToInt(piece -> Integer.parseInt(piece.substring(6)))
                        .average()
                        .orElseThrow())
                .as("the first tenth is of all of it")
                .isBetween(150.0, 350.0);
        assertThat(Pieces.of(file, 1, 1).stream(place -> place < 3, (place, text) -> place + " " + text))
                .containsExactlyInAnyOrder("0 piece 0", "1 piece 1", "2 piece 2");
    }

    @Test
    void eachLineOfJsonIsAPiece() throws IOException {
        assertThat(placed(Pieces.of(file("a.jsonl", "{\"a\": 1}\r\n{\"b\": 2}\n\n{}"), 1000, 1)))
                .containsExactly("{\"a\": 1}", "{\"b\": 2}", "", "{}");
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        Path blank = file("a.txt", " \n\t\n\n");
        assertThatThrownBy(() -> Pieces.of(blank, 8, 1))
                .isInstanceOf(UserError.class)
                .hasMessage(blank + " has no text; it needs at least one document");
        Path none = folder.resolve("none.txt");
        assertThatThrownBy(() -> Pieces.of(none, 8, 1))
                .isInstanceOf(UserError.class)
                .hasMessage("there is no text at " + none);
        Path latin = folder.resolve("latin.txt");
        Files.write(latin, "Käse".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> all(Pieces.of(latin, 8, 1)))
                .isInstanceOf(UserError.class)
                .hasMessage(latin + " is not UTF-8; save it as UTF-8 text");
    }
}
