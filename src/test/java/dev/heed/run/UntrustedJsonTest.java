package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UntrustedJsonTest {
    @Test
    void readsOneObject(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("x.json"), " {\"é\": [1, {}]} \n");
        assertThat(UntrustedJson.object(file, 100).path("é").path(0).asInt()).isEqualTo(1);
        assertThatThrownBy(() -> UntrustedJson.object(file, 10))
                .isInstanceOf(UserError.class)
                .hasMessage(file + " is longer than 10 bytes");
        assertThatThrownBy(() -> UntrustedJson.object(dir, 10)).hasMessage(dir + " is not a file");
        assertThatThrownBy(() -> UntrustedJson.object(dir.resolve("y"), 10)).hasMessage("no file " + dir.resolve("y"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1]             | x is not a JSON object",
                "` `             | x is empty, expected JSON",
                "{\"a\": 1, \"a\": 2} | x is not JSON: Duplicate field 'a' (line 1, column 13)",
                "{\"a\": 1} }      | x is not JSON: Unexpected close marker '}': no open Object to close (line 1, column 10)",
            })
    void saysWhatIsWrongOnOneLine(String text, String message) {
        assertThatThrownBy(() -> UntrustedJson.object("x", text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UserError.class)
                .hasMessage(message);
    }

    @Test
    void showsAFilesTextWithoutWhatActsOnATerminal() {
        assertThat(UntrustedJson.shown("a\n\u001b[2Jb\u2028c", 40)).isEqualTo("a??[2Jb?c");
        assertThat(UntrustedJson.shown("abcdef", 3)).isEqualTo("abc…");
    }
}
