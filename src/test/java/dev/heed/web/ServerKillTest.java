package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Child;
import dev.heed.db.Feedback;
import dev.heed.db.Storage;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server is killed while people label; what it said it had saved is there, once. {@code -Dheed.kills=100} kills more often. */
class ServerKillTest {
    private static final int LABELERS = 4;
    private static final int COMPARISONS = 1000;

    @ParameterizedTest
    @EnumSource
    void everyAcknowledgedPreferenceIsThereOnce(Storage storage, @TempDir Path home) throws Exception {
        kill(Integer.getInteger("heed.kills", 3), storage, home);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void everyAcknowledgedPreferenceIsThereOnceAfterMany(Storage storage, @TempDir Path home) throws Exception {
        kill(Integer.getInteger("heed.kills", 20), storage, home);
    }

    private static void kill(int kills, Storage storage, Path home) throws Exception {
        String db = storage.newDatabase();
        Set<String> acknowledged = new HashSet<>();
        List<Labeler> unanswered = new ArrayList<>(); // who do not know whether their last one was saved
        int resent = 0;
        for (int kill = 0; kill <= kills; kill++) {
            try (Child server = Child.run(Served.class, home.toString(), "0", "" + COMPARISONS, "50", db)) {
                URI url = URI.create(server.expectLine());
                for (Labeler labeler : unanswered) {
                    acknowledged.add(labeler.resend(url));
                    resent++;
                }
                unanswered.clear();
                expectOnce(home, acknowledged);
                if (kill < kills) {
                    List<Labeler> labelers = label(url, kill);
                    while (labelers.stream().allMatch(labeler -> labeler.acknowledged.isEmpty())) {
                        Thread.sleep(5); // the machine may be busy
                    }
                    Thread.sleep((long) (100 + 1400 * Draws.uniform(11, "kill", kill)));
                    server.kill();
                    for (Labeler labeler : labelers) {
                        labeler.join();
                        acknowledged.addAll(labeler.acknowledged);
                        if (labeler.sent != null) {
                            unanswered.add(labeler);
                        }
                    }
                }
            }
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(kills);
        System.out.printf(
                "%s: %d preferences acknowledged over %d kills of the server, %d of them when sent again; none lost, none twice%n",
                storage, acknowledged.size(), kills, resent);
    }

    private static List<Labeler> label(URI url, int kill) {
        List<Labeler> labelers = new ArrayList<>();
        for (int i = 0; i < LABELERS; i++) {
            Labeler labeler = new Labeler(url, "labeler %d of %d".formatted(i, kill));
            labelers.add(labeler);
            labeler.start();
        }
        return labelers;
    }

    private static void expectOnce(Path home, Set<String> acknowledged) {
        Feedback feedback = RemoteFeedback.find(home).orElseThrow();
        List<String> stored = feedback.preferences().stream()
                .map(Preference::id)
                .map(UUID::toString)
                .toList();
        assertThat(stored).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    /** Someone at the page: takes what is asked, answers, until the server is gone. */
    private static final class Labeler extends Thread {
        private final HttpClient http = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .cookieHandler(new CookieManager())
                .build();
        private final URI url;
        private final String name;
        private final List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        private @Nullable String sent; // and not acknowledged
        private String body = "";

        Labeler(URI url, String name) {
            this.url = url;
            this.name = name;
        }

        @Override
        public void run() {
            try {
                post(url.resolve("/api/session"), "{\"name\":\"%s\"}".formatted(name));
                while (true) {
                    for (JsonNode shown : Json.mapper().readTree(get("/api/comparisons?limit=10"))) {
                        answer(shown);
                    }
                }
            } catch (IOException gone) {
                // The server was killed.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private String get(String path) throws IOException, InterruptedException {
            return http.send(HttpRequest.newBuilder(url.resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }

        private void answer(JsonNode shown) throws IOException, InterruptedException {
            String id = UUID.randomUUID().toString();
            body =
                    """
                    {"id":"%s","comparison":%d,"content":"%s","labeler":"%s","choice":"left","shown_ms":1,\
                    "at":"2026-11-23T10:00:00.000Z","replaces":null}"""
                            .formatted(
                                    id,
                                    shown.path("comparison").asLong(),
                                    shown.path("content").asText(),
                                    name);
            sent = id;
            send(url);
            acknowledged.add(id);
            sent = null;
        }

        private void send(URI server) throws IOException, InterruptedException {
            post(server.resolve("/api/preferences"), body);
        }

        private void post(URI to, String json) throws IOException, InterruptedException {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(to)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(json))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.statusCode() + ": " + response.body());
            }
        }

        /** Sends what was not acknowledged once more, as the page's outbox does. */
        String resend(URI server) throws IOException, InterruptedException {
            send(server);
            return String.valueOf(sent);
        }
    }
}
