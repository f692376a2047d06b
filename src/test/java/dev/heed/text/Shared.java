package dev.heed.text;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the golden vectors and real data lie, if they do. */
final class Shared {
    private Shared() {}

    /** A path below the golden vectors; skips the test where it is absent. */
    static Path golden(String path) {
        return present(Path.of(System.getProperty("heed.golden", "../shared/golden"), path));
    }

    /** A path below the real data; skips the test where it is absent. */
    static Path data(String path) {
        return present(Path.of(System.getProperty("heed.shared", "../shared"), "data", path));
    }

    private static Path present(Path path) {
        String reason = "skipped, not there: " + path;
        if (!Files.exists(path)) {
            System.out.println(reason);
        }
        assumeTrue(Files.exists(path), reason);
        return path;
    }
}
