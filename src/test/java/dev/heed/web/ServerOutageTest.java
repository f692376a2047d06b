package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Postgres;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While the database is away, nothing is acknowledged, and the page is told to try again. */
class ServerOutageTest {
    @Test
    void answersTryAgainUntilTheDatabaseIsBack(@TempDir Path home) {
        try (Postgres postgres = Postgres.start(Postgres.Durability.FORCED);
                FeedbackStore store = FeedbackStore.open(home, postgres.newDatabase());
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
            store.addComparisons(Served.comparisons(3));
            Browserless ann = new Browserless(server.url());
            assertThat(ann.post("/api/session", Map.of("name", "ann")).status()).isEqualTo(200);
            JsonNode shown = ann.get("/api/comparisons").json();
            Map<String, Object> first = given(shown.get(0));
            Map<String, Object> second = given(shown.get(1));
            assertThat(ann.post("/api/preferences", first).status()).isEqualTo(200);

            postgres.stop();
            expectTryAgain(ann.post("/api/preferences", second));
            expectTryAgain(ann.get("/api/comparisons"));
            expectTryAgain(ann.get("/api/status"));
            postgres.start();

            assertThat(ann.post("/api/preferences", second).status()).isEqualTo(200);
            assertThat(ann.post("/api/preferences", second)
                            .json()
                            .path("answered")
                            .asInt())
                    .as("once, however often it is sent")
                    .isEqualTo(2);
            assertThat(store.preferences()).hasSize(2);
        }
    }

    private static void expectTryAgain(Browserless.Said said) {
        assertThat(said.status()).isEqualTo(503);
        assertThat(said.body()).isEqualTo("{\"error\":\"the server cannot save or read anything now; try again\"}");
        assertThat(said.whole().headers().firstValue("Retry-After")).contains("1");
    }

    private static Map<String, Object> given(JsonNode shown) {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("id", UUID.randomUUID().toString());
        given.put("comparison", shown.path("comparison").asLong());
        given.put("content", shown.path("content").asText());
        given.put("labeler", "ann");
        given.put("choice", "left");
        given.put("shown_ms", 5);
        given.put("at", "2026-11-23T10:00:00.000Z");
        given.put("replaces", null);
        return given;
    }
}
