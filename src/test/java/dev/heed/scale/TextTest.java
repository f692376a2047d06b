package dev.heed.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.model.Parametrisation;
import dev.heed.run.Json;
import dev.heed.text.BpeTrainer;
import dev.heed.text.Tokenizer;
import dev.heed.world.Chronicle;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTest {
    @TempDir
    Path folder;

    @Test
    void whatIsMeasuredOnStaysWholeWhereItFitsIntoARow() {
        List<String> documents = List.of("One.", "Two two.", "Three three three.", "A long one. ".repeat(20), "Four.");
        BpeTrainer.train(List.of("nothing to merge"), 262, folder);
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            Text.Ids ids = new Text.Ids();
            documents.forEach(document -> ids.add(tokenizer, tokenizer.encode(document)));
            String hash = Text.write(folder, ids, ids, List.of());
            List<int[]> rows = Text.read(folder, 40, hash).heldOut();
            assertThat(rows).allSatisfy(row -> assertThat(row.length).isBetween(2, 41));
            List<String> texts = rows.stream().map(tokenizer::decode).toList();
            assertThat(texts.get(0)).isEqualTo("One.Two two.Three three three.");
            assertThat(texts.get(1)).startsWith("A long one. A long one.");
            assertThat(texts.get(texts.size() - 1)).endsWith("Four.");
            assertThat(rows.get(1)[0]).isEqualTo(tokenizer.bos());
            // cut rows overlap by a token, so that every token of it but the first is foretold once
            assertThat(Text.read(folder, 40, hash).heldOutTokens())
                    .isEqualTo(ids.count()
                            - rows.stream()
                                    .filter(row -> row[0] == tokenizer.bos())
                                    .count());
        }
    }

    @Test
    void theChroniclesEntropyIsThatOfItsPages() {
        Chronicle chronicle = new Chronicle(1);
        Documents documents = new Documents(
                "chronicle",
                () -> LongStream.iterate(0, i -> i + 1)
                        .mapToObj(chronicle::page)
                        .iterator(),
                () -> LongStream.iterate(0, i -> i + 1)
                        .mapToObj(chronicle::heldOut)
                        .map(page -> new Documents.HeldOut(page.text(), page.nats()))
                        .iterator(),
                LongStream.range(0, 40)
                        .mapToObj(index -> chronicle.asked(3, index))
                        .map(asked -> new Documents.Asked(asked.question(), asked.answer(), 3))
                        .toList());
        Recipe recipe = new Recipe(Parametrisation.MUP, .01, .1, .05, 8, 0, 64, 640);
        Source source = new Texts(folder, documents).make(100_000, recipe);
        double nats = LongStream.range(0, 1_000)
                .mapToDouble(i -> chronicle.heldOut(i).nats())
                .average()
                .orElseThrow();
        assertThat(nats).isBetween(8.0, 14.0); // who; in which order; a question or how many claims
        double tokensAPage = nats / source.left();
        assertThat(tokensAPage).isCloseTo(30, within(15.0));
        assertThat(Json.read(folder.resolve("questions.json"), Text.Question[].class))
                .hasSize(40)
                .allSatisfy(question -> assertThat(question.from()).isBetween(4, question.ids().length - 2));
        new Texts(folder, documents).make(100_000, new Recipe(Parametrisation.MUP, .01, .1, .05, 8, 0, 8, 640));
        assertThat(Json.read(folder.resolve("questions.json"), Text.Question[].class))
                .as("none fits into a row of eight")
                .isEmpty();
    }
}
