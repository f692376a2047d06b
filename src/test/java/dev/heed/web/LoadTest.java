package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.Main;
import dev.heed.db.Child;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team labels through real HTTP: nothing is lost, nothing is there twice, and nothing is asked more often than planned. */
class LoadTest {
    private static final int ANSWERS = 3;

    @TempDir
    Path home;

    @Test
    void fiftyLabelersForSixSeconds() throws Exception {
        label(50, 6, 20);
    }

    /** While a model trains on the same machine. */
    @Test
    @Tag("slow")
    void twoHundredLabelersForAMinuteWhileAModelTrains() throws Exception {
        try (Child training =
                Child.run(Main.class, "demo", "--no-serve", "--quiet", "--home=" + home.resolve("training"))) {
            Thread.sleep(10_000); // until it pretrains
            double slowest = label(200, 60, 20);
            training.kill();
            assertThat(slowest).as("p95 of a submit, ms").isLessThan(150);
        }
    }

    /**
     * Lets so many people label at the same time.
     *
     * @param rate labels a second, of all together
     * @return the 95th percentile of a submit, ms
     */
    private double label(int labelers, int seconds, double rate) throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addComparisons(Served.comparisons((int) (rate * seconds)));
            try (WebServer server = WebServer.start(
                    store, new WebServer.Config("127.0.0.1", 0, home, ANSWERS, WebServer.Entry.LOCAL, null))) {
                List<Labeler> team = new ArrayList<>();
                for (int i = 0; i < labelers; i++) {
                    team.add(new Labeler(server.url(), i, labelers / rate, seconds));
                }
                team.forEach(Thread::start);
                for (Labeler labeler : team) {
                    labeler.join();
                }
                return expectEachOnce(team, store.preferences());
            }
        }
    }

    private static double expectEachOnce(List<Labeler> team, List<Preference> stored) {
        assertThat(team).allSatisfy(labeler -> assertThat(labeler.trouble).isEmpty());
        List<UUID> acknowledged =
                team.stream().flatMap(one -> one.acknowledged.stream()).toList();
        assertThat(stored)
                .extracting(Preference::id)
                .as("none lost, none twice")
                .containsExactlyInAnyOrderElementsOf(acknowledged);
        Map<Long, List<String>> asked = stored.stream()
                .collect(Collectors.groupingBy(
                        Preference::comparison, Collectors.mapping(Preference::labeler, Collectors.toList())));
        assertThat(asked.values()).allSatisfy(who -> assertThat(who)
                .as("labelers of a comparison")
                .hasSizeLessThanOrEqualTo(ANSWERS)
                .doesNotHaveDuplicates());
        double[] took = team.stream()
                .flatMap(one -> one.took.stream())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        double slow = took[(int) (0.95 * took.length)];
        System.out.printf(
                "%d labelers gave %d answers; a submit took %.1f ms, p95 %.1f, at most %.1f%n",
                team.size(), took.length, took[took.length / 2], slow, took[took.length - 1]);
        return slow;
    }

    /** Someone at the page: holds a few questions, answers one now and then, and asks for more. */
    private static final class Labeler extends Thread {
        private final Browserless page;
        private final int number;
        private final double pause;
        private final int seconds;
        private final List<UUID> acknowledged = Collections.synchronizedList(new ArrayList<>());
        private final List<Double> took = Collections.synchronizedList(new ArrayList<>());
        private final List<String> trouble = Collections.synchronizedList(new ArrayList<>());

        Labeler(String url, int number, double pause, int seconds) {
            this.page = new Browserless(url);
            this.number = number;
            this.pause = pause;
            this.seconds = seconds;
        }

        @Override
        public void run() {
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            Deque<JsonNode> held = new ArrayDeque<>();
            page.post("/api/session", Map.of("name", "labeler " + number));
            try {
                for (long turn = 0; System.nanoTime() < end && trouble.isEmpty(); turn++) {
                    Thread.sleep((long) (2000 * pause * Draws.uniform(number, "pause", turn)));
                    if (held.isEmpty()) {
                        page.get("/api/comparisons?limit=3").json().forEach(held::add);
                    }
                    if (!held.isEmpty()) {
                        answer(held.remove());
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void answer(JsonNode shown) {
            UUID id = UUID.randomUUID();
            Map<String, Object> given = new LinkedHashMap<>();
            given.put("id", id);
            given.put("comparison", shown.path("comparison").asLong());
            given.put("content", shown.path("content").asText());
            given.put("labeler", "labeler " + number);
            given.put("choice", "left");
            given.put("shown_ms", 900);
            given.put("at", Instant.now());
            long begin = System.nanoTime();
            Browserless.Said said = page.post("/api/preferences", given);
            took.add((System.nanoTime() - begin) / 1e6);
            if (said.status() == 200) {
                acknowledged.add(id);
            } else {
                trouble.add(said.status() + " " + said.body());
            }
        }
    }
}
