package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 100,000 comparisons and 300,000 preferences of 60 labelers, and what a page asks of them. */
@Tag("slow")
class ScaleTest {
    private static final int COMPARISONS = 100_000;
    private static final int PREFERENCES = 300_000;
    private static final int ASKED = 200; // times
    private static final double SLOWEST_MS = 50; // at the 95th percentile

    @ParameterizedTest
    @EnumSource
    void pagesAnswerAtOnceAndExportsNeedLittleMemory(Storage storage, @TempDir Path home) {
        String db = storage.newDatabase();
        took(storage, "filled", () -> Crowd.fill(home, db, COMPARISONS, PREFERENCES));
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            assertThat(store.tally().comparisons()).isEqualTo(COMPARISONS);
            assertThat(store.tally().preferences()).isEqualTo(PREFERENCES);
            Map<String, Double> slow = new LinkedHashMap<>();
            for (int answers : new int[] {1, 3, 5}) {
                slow.put("open " + answers, p95(i -> store.open(Crowd.labeler(i), 5, answers)));
                slow.put("remaining " + answers, p95(i -> store.remaining(Crowd.labeler(i), answers)));
            }
            slow.put("answered", p95(i -> store.answered(Crowd.labeler(i))));
            slow.put("tally", p95(i -> store.tally()));
            slow.put("find", p95(i -> store.findComparison(1 + i * 37L)));
            slow.put("add", p95(i -> store.addPreference(Crowd.preference(1 + i, "newcomer"))));
            slow.forEach((what, ms) -> System.out.printf("%s: %s %.1f ms at p95%n", storage, what, ms));
            exportsNeedLittleMemory(storage, store);
            took(storage, "backup", () -> store.backup(home.resolve("backup.zip")));
            assertThat(slow.values()).allMatch(ms -> ms < SLOWEST_MS);
        }
        took(storage, "opened again", () -> FeedbackStore.open(home, db).close());
    }

    private static void took(Storage storage, String what, Runnable work) {
        long began = System.nanoTime();
        work.run();
        System.out.printf("%s: %s in %.1f s%n", storage, what, (System.nanoTime() - began) / 1e9);
    }

    private static double p95(Consumer<Integer> ask) {
        double[] ms = new double[ASKED];
        for (int i = -50; i < ASKED; i++) { // the first ones warm up
            long began = System.nanoTime();
            ask.accept(i + 50);
            ms[Math.max(0, i)] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(ms);
        return ms[ASKED * 95 / 100];
    }

    /** What is in memory while pairs go by, over what was there before. */
    private static void exportsNeedLittleMemory(Storage storage, FeedbackStore store) {
        long before = used();
        LongAdder count = new LongAdder();
        long[] most = {0};
        took(
                storage,
                "all pairs read",
                () -> store.eachPair(pair -> {
                    count.increment();
                    if (count.sum() % 50_000 == 0) {
                        most[0] = Math.max(most[0], used());
                    }
                }));
        System.out.printf(
                "%s: %d pairs, %d MB more in use on the way%n", storage, count.sum(), (most[0] - before) >> 20);
        assertThat(most[0] - before).isLessThan(64L << 20);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
