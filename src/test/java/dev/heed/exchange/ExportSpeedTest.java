package dev.heed.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.db.FeedbackStore;
import dev.heed.db.Storage;
import dev.heed.run.Json;
import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long 300,000 preferences take, in and out, and how little memory. */
@Tag("slow")
class ExportSpeedTest {
    private static final int COMPARISONS = 100_000;
    private static final int LABELERS = 3;
    private static final long MOST_MEMORY = 48L << 20;

    @TempDir
    Path folder;

    private interface Work {
        Object run() throws IOException;
    }

    private static void took(Storage storage, String what, Work work) throws IOException {
        long began = System.nanoTime();
        Object told = work.run();
        System.out.printf("%s: %s in %.1f s: %s%n", storage, what, (System.nanoTime() - began) / 1e9, told);
    }

    @ParameterizedTest
    @EnumSource
    void threeHundredThousandPreferences(Storage storage) throws IOException {
        Path file = folder.resolve("preferences.jsonl");
        write(file);
        String db = storage.newDatabase();
        try (FeedbackStore store = FeedbackStore.open(folder.resolve("home"), db)) {
            Import.Order order = Import.Order.of(file, "", false);
            took(storage, "imported", () -> Import.run(store, order, rows -> {}).text());
            took(storage, "imported again", () -> Import.run(store, order, rows -> {})
                    .text());
            assertThat(store.tally().preferences()).isEqualTo(COMPARISONS * LABELERS);
            for (String name : new String[] {"events.jsonl", "events.csv", "pairs.jsonl", "trl.jsonl", "all.zip"}) {
                took(storage, name, () -> exported(store, name));
            }
        }
    }

    private static void write(Path file) throws IOException {
        String text = "The heron guards the northern gate, as everyone who has seen it will know. ".repeat(4);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < COMPARISONS; i++) {
                for (int labeler = 0; labeler < LABELERS; labeler++) {
                    boolean contrary = (i + labeler) % 5 == 0;
                    out.write(Json.line(Map.of(
                            "prompt",
                            "question " + i,
                            "chosen",
                            contrary ? text + i : i + text,
                            "rejected",
                            contrary ? i + text : text + i,
                            "labeler",
                            "labeler " + (i + labeler) % 60)));
                    out.write('\n');
                }
            }
        }
    }

    private String exported(FeedbackStore store, String name) throws IOException {
        Path file = folder.resolve(name);
        try (Watched out = new Watched(Files.newOutputStream(file))) {
            Export.find(name).orElseThrow().writeTo(out, store, Filter.NONE);
            assertThat(out.most - out.before).as(name).isLessThan(MOST_MEMORY);
            return "%,d MB, %d MB more in memory on the way"
                    .formatted(Files.size(file) >> 20, (out.most - out.before) >> 20);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Looks every second at how much is in memory. */
    private static final class Watched extends FilterOutputStream {
        private static final long EVERY_NANOS = 1_000_000_000;

        private final long before = used();
        private long most = before;
        private long last = System.nanoTime();

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (System.nanoTime() - last > EVERY_NANOS) {
                most = Math.max(most, used());
                last = System.nanoTime();
            }
            out.write(bytes, from, length);
        }

        private static long used() {
            System.gc();
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }
    }
}
