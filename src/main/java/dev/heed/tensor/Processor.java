package dev.heed.tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * Which numbers this processor multiplies fastest. Its instructions decide and no measurement does: a busy moment would
 * otherwise give one process other numbers than the next, and a run that is resumed other weights.
 */
final class Processor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    /** As Linux names them, on x86 and on ARM. */
    private static final Set<String> MULTIPLIES_BF16 = Set.of("avx512_bf16", "amx_bf16", "bf16");

    private Processor() {}

    /** BF16 where the processor has instructions for its products; FP32 elsewhere, and where no Linux tells. */
    static Precision precision() {
        try {
            return Files.isReadable(CPUINFO)
                    ? precision(Files.readString(CPUINFO, StandardCharsets.ISO_8859_1))
                    : Precision.FP32;
        } catch (IOException e) {
            return Precision.FP32;
        }
    }

    static Precision precision(String cpuinfo) {
        return cpuinfo.lines()
                        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                        .anyMatch(line -> Arrays.stream(line.split("\\s+")).anyMatch(MULTIPLIES_BF16::contains))
                ? Precision.BF16
                : Precision.FP32;
    }
}
