package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
    @Test
    void listensWithinThreeSecondsWithoutNativeLibraries(@TempDir Path folder) throws Exception {
        long best = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3 && best > 3000; attempt++) { // the machine may be busy with something else
            long began = System.nanoTime();
            Child serve = Child.start(
                    "-XX:TieredStopAtLevel=1", // as the launcher starts it
                    "dev.heed.Main",
                    "serve",
                    "--port=0",
                    "--home=" + folder.resolve("h" + attempt));
            try {
                while (!serve.err().contains("label at http://127.0.0.1:")) {
                    assertThat(serve.process().isAlive()).as(serve.err()).isTrue();
                    Thread.sleep(10);
                }
                long wall = (System.nanoTime() - began) / 1_000_000;
                long cpu = serve.process()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toMillis)
                        .orElse(wall);
                System.err.printf("heed serve listens after %d ms, of which it computed %d%n", wall, cpu);
                best = Math.min(best, Math.min(wall, cpu)); // it may have waited for others
                Path maps = Path.of("/proc", String.valueOf(serve.process().pid()), "maps");
                if (Files.exists(maps)) {
                    assertThat(Files.readString(maps))
                            .contains("libjvm")
                            .doesNotContain("libtorch", "libdjl", "libtokenizers");
                } else {
                    System.err.println("no /proc: which libraries heed serve loads cannot be seen here");
                }
                assertThat(serve.out()).isEmpty();
            } finally {
                serve.process().destroyForcibly().waitFor();
            }
        }
        assertThat(best).isLessThan(3000);
    }
}
