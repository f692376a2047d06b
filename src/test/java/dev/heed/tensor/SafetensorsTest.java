package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);

    private final Path dir;

    SafetensorsTest(@TempDir Path dir) {
        this.dir = dir;
    }

    @Test
    void readsBackWhatItWrote() {
        Path file = dir.resolve("x.safetensors");
        try (NDManager scope = TORCH.manager().newSubManager()) {
            Safetensors.write(
                    file, Map.of("a", scope.create(new float[] {1, -2, 3, 4, 5, Float.MIN_VALUE}, new Shape(2, 3))));
        }
        try (Safetensors saved = Safetensors.open(file)) {
            assertThat(saved.names()).containsExactly("a");
            assertThat(saved.expect("a", new Shape(2, 3)).floats()).containsExactly(1, -2, 3, 4, 5, Float.MIN_VALUE);
        }
    }

    @Test
    void readsHalfPrecision() throws IOException {
        Path file = file(
                "{'h':{'dtype':'F16','shape':[4],'data_offsets':[0,8]},'b':{'dtype':'BF16','shape':[2],'data_offsets':[8,12]}}",
                0x00,
                0x3c,
                0x01,
                0x00,
                0x00,
                0xfc,
                0x55,
                0xb5,
                0x80,
                0x3f,
                0x49,
                0xc0);
        try (Safetensors saved = Safetensors.open(file)) {
            assertThat(saved.expect("h").floats()).containsExactly(1, 0x1p-24f, Float.NEGATIVE_INFINITY, -0.33325195f);
            assertThat(saved.expect("b").floats()).containsExactly(1, -3.140625f);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}} | tensor a ends at byte 12 of 8; it was cut short",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | tensor a of shape [3] takes 8 bytes",
                "{'a':{'dtype':'F32','shape':[9000000000,9000000000],'data_offsets':[0,8]}} | tensor a of shape [9000000000, 9000000000] takes 8 bytes",
                "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | tensor a has the size or offset -2",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | tensor a begins at byte 8 and ends at byte 0",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | tensor b begins at byte 0, inside another",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | bytes 0 to 4 belong to no tensor",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | bytes 4 to 8 belong to no tensor",
                "{'a':{'dtype':'F32','shape':[2,1,1,1,1,1,1,1,1],'data_offsets':[0,8]}} | tensor a has 9 dimensions",
                "{'':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | it holds a tensor with the name ''",
                "{'a\\n':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | it holds a tensor with the name 'a?'",
                "{'__metadata__':{'a':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | its __metadata__ holds what is not text at a",
                "{'a':{'dtype':'F32','shape':[2]}} | tensor a has no shape or offsets",
                "['a'] | its header is not a JSON object",
                "{'a' | its header is not JSON: Unexpected end-of-input within/between Object entries (line 1, column 5)"
            })
    void refusesWhatTheFileCannotHold(String header, String reason) throws IOException {
        Path file = file(header, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(UserError.class)
                .hasMessage("%s is not a whole safetensors file: %s".formatted(file, reason));
    }

    @Test
    void refusesAnAbsurdHeaderLengthAFewBytesAndNoFile() throws IOException {
        Path absurd = Files.write(dir.resolve("absurd"), new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 0});
        assertThatThrownBy(() -> Safetensors.open(absurd))
                .hasMessage(
                        absurd + " is not a whole safetensors file: its header claims 18446744073709551615 bytes of 9");
        Path few = Files.write(dir.resolve("few"), new byte[3]);
        assertThatThrownBy(() -> Safetensors.open(few))
                .hasMessage(few + " is not a whole safetensors file: it is only 3 bytes long");
        assertThatThrownBy(() -> Safetensors.open(dir.resolve("none")))
                .isInstanceOf(UserError.class)
                .hasMessage("no weights file " + dir.resolve("none"));
    }

    @Test
    void readsOnlyFloatsOfThreeTypesAndTheShapeExpected() throws IOException {
        Path unknown = file("{'a':{'dtype':'f32','shape':[2],'data_offsets':[0,8]}}", 0, 0, 0, 0, 0, 0, 0, 0);
        assertThatThrownBy(() -> Safetensors.open(unknown))
                .hasMessage(unknown + ": tensor a is of type 'f32'; F32, F16 and BF16 are read");
        Path wide = file("{'a':{'dtype':'F64','shape':[1],'data_offsets':[0,8]}}", 0, 0, 0, 0, 0, 0, 0, 0);
        try (Safetensors saved = Safetensors.open(wide)) {
            assertThatThrownBy(() -> saved.expect("a", new Shape(1)))
                    .hasMessage(wide + ": tensor a is of type F64; F32, F16 and BF16 are read");
        }
        Path right = file("{'a':{'dtype':'F32','shape':[1,2],'data_offsets':[0,8]}}", 0, 0, 0, 0, 0, 0, 0, 0);
        try (Safetensors saved = Safetensors.open(right)) {
            assertThatThrownBy(() -> saved.expect("a", new Shape(2)))
                    .hasMessage(right + ": tensor a has shape [1, 2], the model expects [2]");
            assertThatThrownBy(() -> saved.expect("b")).hasMessage(right + " lacks the tensor b");
        }
    }

    @Test
    void fillsRowsAndTransposedAndPermutedViewsOfAnArray() {
        Path file = dir.resolve("x.safetensors");
        try (NDManager scope = TORCH.manager().newSubManager()) {
            Safetensors.write(file, Map.of("a", scope.arange(6f).reshape(2, 3)));
            try (Safetensors saved = Safetensors.open(file)) {
                NDArray rows = scope.zeros(new Shape(4, 3));
                saved.expect("a").into(TORCH, rows.get("1:3"));
                assertThat(rows.toFloatArray()).containsExactly(0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0);
                NDArray transposed = scope.zeros(new Shape(3, 2));
                saved.expect("a").into(TORCH, transposed.transpose());
                assertThat(transposed.toFloatArray()).containsExactly(0, 3, 1, 4, 2, 5);
                NDArray permuted = scope.zeros(new Shape(6, 1)); // (3, 2, 1), of which the file has (2, 3, 1)
                saved.expect("a").into(TORCH, permuted.reshape(3, 2, 1).transpose(1, 0, 2));
                assertThat(permuted.toFloatArray()).containsExactly(0, 3, 1, 4, 2, 5);
                assertThatThrownBy(() -> saved.expect("a").into(TORCH, scope.zeros(new Shape(5))))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("tensor a of shape [2, 3] does not fill an array of shape (5)");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1050000, 3", "3, 1050000", "1, 2100001"}) // all more than one piece; rows of more than one, too
    void whatIsLargerThanOnePieceIsReadAndWrittenInSeveral(int rows, int columns) {
        Path file = dir.resolve("x.safetensors");
        try (NDManager scope = TORCH.manager().newSubManager()) {
            NDArray array = scope.arange((float) rows * columns).reshape(rows, columns);
            Safetensors.write(file, Map.of("a", array, "b", array.transpose()));
            NDArray read = scope.zeros(new Shape(rows, columns));
            try (Safetensors saved = Safetensors.open(file)) {
                int before = scope.getManagedArrays().size();
                saved.expect("a", array.getShape()).into(TORCH, read);
                assertThat(scope.getManagedArrays()).hasSize(before);
                assertThat(read.toFloatArray()).isEqualTo(array.toFloatArray());
                NDArray turned = scope.zeros(new Shape(rows, columns));
                saved.expect("b").into(TORCH, turned.transpose());
                assertThat(turned.toFloatArray()).isEqualTo(array.toFloatArray());
            }
        }
    }

    @Test
    void refusesNumbersThatAreNotFiniteAndSaysWhere() throws IOException {
        Path file = file(
                "{'h':{'dtype':'F16','shape':[2],'data_offsets':[0,4]},'b':{'dtype':'BF16','shape':[2],'data_offsets':[4,8]}}",
                0x00,
                0x3c,
                0x01,
                0x7c,
                0x80,
                0xff,
                0x80,
                0x3f);
        try (NDManager scope = TORCH.manager().newSubManager();
                Safetensors saved = Safetensors.open(file)) {
            NDArray array = scope.zeros(new Shape(2));
            assertThatThrownBy(() -> saved.expect("h").into(TORCH, array))
                    .isInstanceOf(UserError.class)
                    .hasMessage(file + ": tensor h holds NaN at 1");
            assertThatThrownBy(() -> saved.expect("b").into(TORCH, array))
                    .isInstanceOf(UserError.class)
                    .hasMessage(file + ": tensor b holds -Infinity at 0");
        }
    }

    @Test
    void aFileCutShortAfterItWasOpenedIsAnError() throws IOException {
        Path file = file("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 0, 0, 0, 0, 0, 0, 0, 0);
        try (Safetensors saved = Safetensors.open(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(20);
            assertThatThrownBy(() -> saved.expect("a").floats())
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("cannot read %s: it was changed meanwhile".formatted(file));
        }
    }

    private Path file(String header, int... data) throws IOException {
        byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        Arrays.stream(data).forEach(b -> bytes.put((byte) b));
        return Files.write(dir.resolve("made.safetensors"), bytes.array());
    }
}
