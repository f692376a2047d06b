package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {
    @ParameterizedTest
    @CsvSource({
        "flags\t\t: fpu avx512f avx512_bf16 avx512vl, BF16",
        "flags\t\t: fpu avx512f amx_bf16 amx_tile, BF16",
        "Features\t: fp asimd i8mm bf16, BF16",
        "flags\t\t: fpu avx2 avx512f, FP32",
        "model name\t: bf16, FP32",
        "'', FP32",
    })
    void instructionsDecideThePrecision(String line, Precision precision) {
        assertThat(Processor.precision("processor\t: 0\n" + line + "\nbugs\t: none\n"))
                .isEqualTo(precision);
    }
}
