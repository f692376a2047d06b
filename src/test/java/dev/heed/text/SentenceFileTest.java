package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentenceFileTest {
    @TempDir
    Path folder;

    @Test
    void readsBothMoods() throws IOException {
        SentenceFile read = SentenceFile.read(zip("a.pos", "good film . \n\nfine\n", "a.neg", "dull\n"));
        assertThat(read.positive()).containsExactly("good film .", "fine");
        assertThat(read.negative()).containsExactly("dull");
    }

    @Test
    void refusesAZipWithoutOneOfThem() throws IOException {
        Path half = zip("a.pos", "good\n", "readme", "text");
        assertThatThrownBy(() -> SentenceFile.read(half))
                .isInstanceOf(UserError.class)
                .hasMessage(half + " must hold sentences in files named .pos and .neg, found only [pos]");
        Path none = Files.writeString(folder.resolve("none.zip"), "no zip");
        assertThatThrownBy(() -> SentenceFile.read(none))
                .isInstanceOf(UserError.class)
                .hasMessage(none + " must hold sentences in files named .pos and .neg, found neither");
    }

    @Test
    void readsTheRealOne() {
        SentenceFile read = SentenceFile.read(Shared.data("sentiment/sentence_polarity.zip"));
        assertThat(read.positive()).hasSize(5331);
        assertThat(read.negative()).hasSize(5331);
    }

    private Path zip(String... namesAndTexts) throws IOException {
        Path zip = folder.resolve("sentences.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                out.putNextEntry(new ZipEntry(namesAndTexts[i]));
                out.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return zip;
    }
}
