package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heed.db.FeedbackStore;
import dev.heed.db.PeopleStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leads add, try and remove webhooks. */
class WebhookApiTest {
    private static final String URL = "https://[2606:2800:220:1:248:1893:25c8:1946]/hook?key=theirs";

    private FeedbackStore store;
    private WebServer server;
    private Browserless lead;

    @BeforeEach
    void serve(@TempDir Path home) {
        store = FeedbackStore.open(home);
        server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
        lead = new Browserless(server.url());
        lead.post("/api/session", Map.of("name", "lea"));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private Browserless.Said add(String url, String... events) {
        return lead.post("/api/webhooks", Map.of("url", url, "events", List.of(events)));
    }

    @Test
    void theSecretIsShownOnceAndTheAuditNamesTheHostAlone() {
        Browserless.Said made = add(URL, "preference_stored", "run_finished", "run_finished");
        String secret = made.json().path("secret").asText();
        assertThat(secret).startsWith("whsec_").hasSize(6 + 44);
        assertThat(made.json().at("/webhook/events").toString()).isEqualTo("[\"preference_stored\",\"run_finished\"]");
        String listed = lead.get("/api/webhooks").body();
        assertThat(listed).contains(URL).doesNotContain(secret).doesNotContain("whsec");
        assertThat(lead.post("/api/webhooks/1/test", Map.of()).status()).isEqualTo(200);
        assertThat(lead.get("/api/webhooks").json().at("/0/latest/0/event").asText())
                .isEqualTo("test");
        assertThat(lead.delete("/api/webhooks/1").status()).isEqualTo(200);
        assertThat(lead.get("/api/webhooks").body()).isEqualTo("[]");
        assertThat(store.people().acts(2))
                .extracting(PeopleStore.Act::what, PeopleStore.Act::details)
                .containsExactly(
                        tuple("webhook", "1, of [2606:2800:220:1:248:1893:25c8:1946], removed"),
                        tuple("webhook", "1, of [2606:2800:220:1:248:1893:25c8:1946], added"));
        assertThat(lead.post("/api/webhooks/1/test", Map.of()).status()).isEqualTo(404);
    }

    @Test
    void whatMayNotBeToldIsRefused() {
        assertThat(add(server.url() + "/hook", "run_finished").body()).contains("a webhook's URL is as https://");
        assertThat(add("https://127.0.0.1:%d/".formatted(server.port()), "run_finished")
                        .body())
                .contains("127.0.0.1 is 127.0.0.1, which is no address of the internet");
        assertThat(add(URL).status()).as("nothing to tell").isEqualTo(400);
        assertThat(add(URL, "test").status()).isEqualTo(400);
        assertThat(add(URL, "everything").status()).isEqualTo(400);
        assertThat(store.webhooks().all()).isEmpty();
        for (int i = 0; i < 20; i++) {
            assertThat(add(URL, "campaign_closed").status()).isEqualTo(200);
        }
        assertThat(add(URL, "campaign_closed").body()).contains("there are 20 webhooks, which is the most");
    }
}
