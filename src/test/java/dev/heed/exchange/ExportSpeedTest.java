package dev.heed.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.db.FeedbackStore;
import dev.heed.run.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long 300,000 preferences take, in and out. */
@Tag("slow")
class ExportSpeedTest {
    private static final int COMPARISONS = 100_000;
    private static final int LABELERS = 3;

    @TempDir
    Path folder;

    private interface Work {
        Object run() throws IOException;
    }

    private static void took(String what, Work work) throws IOException {
        System.gc();
        long began = System.nanoTime();
        Object told = work.run();
        System.out.printf("%s: %.1f s  %s%n", what, (System.nanoTime() - began) / 1e9, told);
    }

    @Test
    void threeHundredThousandPreferences() throws IOException {
        Path file = folder.resolve("preferences.jsonl");
        String text = "The heron guards the northern gate, as everyone who has seen it will know. ".repeat(4);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < COMPARISONS; i++) {
                for (int labeler = 0; labeler < LABELERS; labeler++) {
                    out.write(Json.line(Map.of(
                            "prompt",
                            "question " + i,
                            "chosen",
                            (i + labeler) % 5 == 0 ? text + i : i + text,
                            "rejected",
                            (i + labeler) % 5 == 0 ? i + text : text + i,
                            "labeler",
                            "labeler " + (i + labeler) % 60)));
                    out.write('\n');
                }
            }
        }
        try (FeedbackStore store = FeedbackStore.open(folder.resolve("home"))) {
            Import.Order order = Import.Order.of(file, "", false);
            took("imported", () -> Import.run(store, order, rows -> {}).text());
            took("imported again", () -> Import.run(store, order, rows -> {}).text());
            for (String name : new String[] {"events.jsonl", "events.csv", "pairs.jsonl", "trl.jsonl", "all.zip"}) {
                Path written = folder.resolve(name);
                took(name, () -> {
                    try (OutputStream out = Files.newOutputStream(written)) {
                        Export.find(name).orElseThrow().writeTo(out, store, Filter.NONE);
                    }
                    return "%,d MB".formatted(Files.size(written) >> 20);
                });
            }
            assertThat(store.tally().preferences()).isEqualTo(COMPARISONS * LABELERS);
        }
    }
}
