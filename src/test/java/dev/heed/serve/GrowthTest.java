package dev.heed.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.run.RunDir;
import dev.heed.sample.Token;
import dev.heed.text.Tokenizer;
import dev.heed.web.ModelHost.Ending;
import dev.heed.web.ModelHost.Piece;
import dev.heed.web.ModelHost.Told;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthTest {
    private static Tokenizer tokenizer;

    @BeforeAll
    static void make(@TempDir Path home) {
        Home.make(home);
        tokenizer = Tokenizer.load(RunDir.at(home, "tokenizer").model());
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void tellsWholeCharactersOnly() {
        String text = "a 🐉 and 🦊 and 漢字é";
        int[] ids = tokenizer.encode(text);
        assertThat(ids.length).as("the dragon is four tokens").isGreaterThan(12);
        List<Piece> pieces = pieces(List.of(), ids, true);
        assertThat(pieces).allSatisfy(piece -> {
            assertThat(piece.text()).doesNotContain("\uFFFD");
            assertThat(piece.text().isEmpty()
                            || !Character.isLowSurrogate(piece.text().charAt(0)))
                    .isTrue();
        });
        assertThat(joined(pieces)).isEqualTo(text);
        assertThat(last(pieces).ending()).isEqualTo(Ending.STOP);
    }

    @Test
    void bytesThatMakeNoCharacterAreToldAtTheEnd() {
        int[] half = Arrays.copyOf(tokenizer.encode("🐉"), 2);
        List<Piece> pieces = pieces(List.of(), half, false);
        assertThat(pieces).hasSize(1);
        assertThat(joined(pieces)).isEqualTo("\uFFFD");
        assertThat(last(pieces).ending()).isEqualTo(Ending.LENGTH);
    }

    @Test
    void noPartOfAStopIsEverTold() {
        int[] ids = tokenizer.encode("one two ST STO STOP three");
        List<Piece> pieces = pieces(List.of("never", "STOP"), ids, true);
        assertThat(joined(pieces)).isEqualTo("one two ST STO ");
        assertThat(last(pieces).ending()).isEqualTo(Ending.STOP);
        assertThat(joined(pieces(List.of("STOPPED"), ids, true)))
                .as("what only began like a stop is told")
                .isEqualTo("one two ST STO STOP three");
        assertThat(joined(pieces(List.of("o t", "one"), ids, true)))
                .as("the first in the text")
                .isEmpty();
    }

    @Test
    void eachTokenIsToldOnceWithItsPlaceAndNoneFromBehindAStop() {
        String text = "the fox 🐉 STOP more";
        int[] ids = tokenizer.encode(text);
        List<Told> all = told(pieces(List.of(), ids, true));
        assertThat(all).hasSize(ids.length);
        byte[] bytes = new byte[256];
        int count = 0;
        for (Told told : all) {
            for (int value : told.word().bytes()) {
                bytes[count++] = (byte) value;
            }
        }
        assertThat(new String(bytes, 0, count, java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(text);
        List<Told> stopped = told(pieces(List.of("STOP"), ids, true));
        assertThat(stopped).isEqualTo(all.subList(0, stopped.size()));
        assertThat(stopped).allMatch(told -> told.offset() < text.indexOf("STOP"));
        assertThat(stopped.size()).isPositive().isLessThan(all.size());
        all.forEach(told -> {
            String word = told.word().text();
            if (!word.contains("\uFFFD")) {
                assertThat(text).startsWith(text.substring(0, told.offset()) + word);
            }
        });
    }

    private static List<Piece> pieces(List<String> stops, int[] ids, boolean ended) {
        Growth growth = new Growth(0, tokenizer::decode, stops, tokenizer);
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < ids.length && !growth.isOver(); i++) {
            growth.add(token(ids[i]), false, !ended && i == ids.length - 1).ifPresent(pieces::add);
        }
        if (!growth.isOver()) {
            growth.add(token(tokenizer.eos()), true, true).ifPresent(pieces::add);
        }
        return pieces;
    }

    private static Token token(int id) {
        return new Token(id, -1, new Token.Likeliest(-1, new int[] {id}, new float[] {-1}));
    }

    private static String joined(List<Piece> pieces) {
        return String.join("", pieces.stream().map(Piece::text).toList());
    }

    private static List<Told> told(List<Piece> pieces) {
        return pieces.stream().flatMap(piece -> piece.tokens().stream()).toList();
    }

    private static Piece last(List<Piece> pieces) {
        return pieces.get(pieces.size() - 1);
    }
}
