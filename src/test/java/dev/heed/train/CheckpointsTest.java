package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path folder;

    private void save(Checkpoints checkpoints, long step) {
        checkpoints.save(step, into -> {
            Files.createDirectories(into.resolve("model"));
            Files.writeString(into.resolve("model/weights"), "weights of step " + step);
        });
    }

    private String weights(Checkpoints checkpoints) throws IOException {
        return Files.readString(checkpoints.findNewest().orElseThrow().path().resolve("model/weights"));
    }

    @Test
    void theNewestWins() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        save(checkpoints, 9);
        save(checkpoints, 10);
        assertThat(weights(checkpoints)).isEqualTo("weights of step 10");
    }

    @Test
    void aFlippedByteIsNoticedAndTheOneBeforeIsUsed() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        save(checkpoints, 1);
        save(checkpoints, 2);
        Path newest = checkpoints.findNewest().orElseThrow().path().resolve("model/weights");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[3] ^= 1;
        Files.write(newest, bytes);
        assertThat(weights(checkpoints)).isEqualTo("weights of step 1");
    }

    @Test
    void aMissingFileIsNoticed() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        save(checkpoints, 1);
        Files.delete(checkpoints.findNewest().orElseThrow().path().resolve("model/weights"));
        assertThat(checkpoints.findNewest()).isEmpty();
    }

    @Test
    void oneThatWasTornByAKillIsNoCheckpoint() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        save(checkpoints, 1);
        Files.createDirectories(folder.resolve("unfinished/model"));
        Files.writeString(folder.resolve("unfinished/model/weights"), "half");
        assertThat(weights(checkpoints)).isEqualTo("weights of step 1");
        save(checkpoints, 2);
        assertThat(folder.resolve("unfinished")).doesNotExist();
    }

    @Test
    void onlyTheLastTwoAreKept() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        for (int step = 1; step <= 4; step++) {
            save(checkpoints, step);
        }
        try (var left = Files.list(folder)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder("step-00000003", "step-00000004");
        }
    }

    @Test
    void aFinishedRunKeepsNone() {
        Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoints"));
        save(checkpoints, 1);
        checkpoints.clear();
        assertThat(folder.resolve("checkpoints")).doesNotExist();
    }
}
