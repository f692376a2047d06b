package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
    private static final int LABELERS = 60;
    private static final int ASKED = 200; // times
    private static final double SLOWEST_MS = 50; // at the 95th percentile

    @ParameterizedTest
    @EnumSource
    void pagesAnswerAtOnceAndExportsNeedLittleMemory(Storage storage, @TempDir Path home) {
        String db = storage.newDatabase();
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            took(storage, "comparisons added", () -> addComparisons(store));
            took(storage, "preferences added", () -> addPreferences(store));
            assertThat(store.tally().comparisons()).isEqualTo(COMPARISONS);
            assertThat(store.tally().preferences()).isEqualTo(PREFERENCES);
            Map<String, Double> slow = new LinkedHashMap<>();
            for (int answers : new int[] {1, 3, 5}) {
                slow.put("open " + answers, p95(i -> store.open(labeler(i), 5, answers)));
                slow.put("remaining " + answers, p95(i -> store.remaining(labeler(i), answers)));
            }
            slow.put("answered", p95(i -> store.answered(labeler(i))));
            slow.put("tally", p95(i -> store.tally()));
            slow.put("find", p95(i -> store.findComparison(1 + i * 37L)));
            slow.put("add", p95(i -> store.addPreference(preference(1 + i, "newcomer"))));
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

    private static void addComparisons(FeedbackStore store) {
        String text = "The heron guards the northern gate, as everyone who has seen it will know. ".repeat(4);
        for (int from = 0; from < COMPARISONS; from += 10_000) {
            List<Comparison> chunk = new ArrayList<>();
            for (int i = from; i < from + 10_000; i++) {
                chunk.add(Questions.comparison(i, text + i, i + text, Draws.uniform(3, "urgency", i)));
            }
            store.addComparisons(chunk);
        }
    }

    /** Three in the mean, but unevenly spread: most comparisons have fewer, some many more. */
    private static void addPreferences(FeedbackStore store) {
        List<Preference> chunk = new ArrayList<>();
        int[] next = new int[COMPARISONS + 1]; // labeler of a comparison, one after the other
        for (int i = 0; i < PREFERENCES; i++) {
            double uniform = Draws.uniform(3, "comparison", i);
            int comparison = 1 + (int) (COMPARISONS * 0.98 * Math.pow(uniform, 1.25));
            chunk.add(preference(comparison, labeler(comparison + next[comparison]++)));
            if (chunk.size() == 10_000) {
                store.addPreferences(chunk);
                chunk.clear();
            }
        }
        store.addPreferences(chunk);
    }

    private static String labeler(int number) {
        return "labeler " + number % LABELERS;
    }

    private static Preference preference(long comparison, String labeler) {
        return new Preference(
                UUID.randomUUID(),
                comparison,
                labeler,
                Answer.ofStrength((int) (comparison % 7) - 3),
                false,
                1500,
                Instant.parse("2026-11-23T10:00:00Z"),
                null);
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
