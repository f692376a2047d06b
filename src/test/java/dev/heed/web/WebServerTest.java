package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebServerTest {
    private final Map<String, HttpClient> signedIn = new HashMap<>();
    private Path home;
    private FeedbackStore store;
    private WebServer server;

    @BeforeEach
    void start(@TempDir Path folder) {
        home = folder;
        store = FeedbackStore.open(home);
        store.addComparisons(Served.comparisons(12));
        server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    @Test
    void showsTheMostUrgentComparisonsBlind() throws Exception {
        HttpResponse<String> response = get("ann", "/api/comparisons?limit=3");
        JsonNode shown = Json.mapper().readTree(response.body());
        assertThat(shown).hasSize(3);
        assertThat(shown.get(0).path("comparison").asLong()).isEqualTo(1);
        assertThat(shown.get(0).path("prompt").get(0).path("content").asText())
                .isEqualTo("What do lanterns in the Harbour of Osk burn?");
        assertThat(response.body()).doesNotContain("secret-model", "ended", "first", "second", "kind", "split");
    }

    @Test
    void mapsTheSideToTheComparisonsOwnOrderAndKeepsHowItWasShown() throws Exception {
        Set<Boolean> sides = new HashSet<>();
        for (Comparison comparison : store.comparisons(1)) {
            JsonNode shown = shown(comparison.id(), "ann");
            boolean secondOnLeft =
                    shown.path("left").asText().equals(comparison.second().text());
            sides.add(secondOnLeft);
            assertThat(post(given(shown, "ann", "left_much", null)).statusCode())
                    .isEqualTo(200);
            Preference stored = last();
            assertThat(stored.answer()).isEqualTo(secondOnLeft ? Answer.SECOND_MUCH : Answer.FIRST_MUCH);
            assertThat(stored.secondOnLeft()).isEqualTo(secondOnLeft);
        }
        assertThat(sides).as("both orders occur").hasSize(2);
    }

    @Test
    void aResendIsStoredOnceAndAnswersTheSame() throws Exception {
        String body = given(shown(1, "ann"), "ann", "tie", null);
        assertThat(post(body).body()).isEqualTo("{\"answered\":1,\"remaining\":11}");
        assertThat(post(body).body()).isEqualTo("{\"answered\":1,\"remaining\":11}");
        assertThat(store.preferences()).hasSize(1);
    }

    @Test
    void aCorrectionNamesWhatItReplaces() throws Exception {
        JsonNode shown = shown(1, "ann");
        post(given(shown, "ann", "tie", null));
        UUID first = last().id();
        assertThat(post(given(shown, "ann", "skip", null)).statusCode()).isEqualTo(409);
        assertThat(post(given(shown, "ann", "skip", first)).statusCode()).isEqualTo(200);
        assertThat(store.preferences()).hasSize(1);
        assertThat(last().answer()).isEqualTo(Answer.SKIP);
        assertThat(last().replaces()).isEqualTo(first);
    }

    @Test
    void refusesAnAnswerToAnotherQuestionOfThatNumber() throws Exception {
        String body = given(shown(1, "ann"), "ann", "tie", null).replace("\"comparison\":1", "\"comparison\":2");
        assertThat(post(body).statusCode()).isEqualTo(409);
        assertThat(post(body.replace("\"comparison\":2", "\"comparison\":99")).statusCode())
                .isEqualTo(404);
        assertThat(store.preferences()).isEmpty();
    }

    @Test
    void twoLabelersAtWorkGetDifferentComparisons() throws Exception {
        Set<Long> asked = new HashSet<>(ids(get("ann", "/api/comparisons?limit=5")));
        asked.addAll(ids(get("bob", "/api/comparisons?limit=5")));
        assertThat(asked).hasSize(10);
        assertThat(ids(get("ann", "/api/comparisons?limit=5&except=1,2")))
                .as("a labeler who comes back gets the same, but not what is held")
                .startsWith(3L, 4L, 5L);
    }

    @Test
    void malformedInputIsTheSendersMistake() throws Exception {
        String whole = given(shown(1, "ann"), "ann", "tie", null);
        for (String body : List.of(
                "",
                "null",
                "[]",
                "{",
                whole + "x",
                whole.replace("tie", "best"),
                whole.replace("\"ann\"", "null"),
                whole.replace("\"comparison\":1", "\"comparison\":\"one\""),
                whole.replace("\"labeler\"", "\"is_admin\":true,\"labeler\""),
                "[".repeat(2000))) {
            HttpResponse<String> response = post(body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(response.body()).startsWith("{\"error\":").doesNotContain("Exception", "\\tat ");
        }
        assertThat(post("\"" + "x".repeat(70_000) + "\"").statusCode()).isEqualTo(413);
        assertThat(get("ann", "/api/comparisons?limit=many").statusCode()).isEqualTo(400);
        assertThat(store.preferences()).isEmpty();
    }

    @Test
    void pagesOfOtherSitesCanNeitherWriteNorRead() throws Exception {
        String body = given(shown(1, "ann"), "ann", "tie", null);
        assertThat(send(request("/api/preferences")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString(body)))
                        .statusCode())
                .isEqualTo(415);
        assertThat(send(json().header("Origin", "https://evil.example").POST(HttpRequest.BodyPublishers.ofString(body)))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(json().header("Sec-Fetch-Site", "cross-site").POST(HttpRequest.BodyPublishers.ofString(body)))
                        .statusCode())
                .isEqualTo(403);
        assertThat(raw("GET /api/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(store.preferences()).isEmpty();
    }

    @Test
    void everyAnswerCarriesItsGuards() throws Exception {
        for (String path : List.of("/", "/web/label.js", "/web/none", "/api/status", "/api/none", "/report")) {
            HttpResponse<String> response = get(path);
            assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                    .as(path)
                    .contains("default-src 'none'", "frame-ancestors 'none'");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Server")).isEmpty();
        }
        assertThat(csp(get("/"))).isNotEqualTo(csp(get("/")));
        assertThat(raw("GET /web/..%2f..%2fserver.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    private static String csp(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Security-Policy").orElseThrow();
    }

    @Test
    void servesTheReportOnceThereIsOne() throws Exception {
        assertThat(get("/report").statusCode()).isEqualTo(404);
        assertThat(get("/api/status").body()).contains("\"report\":false");
        Files.writeString(home.resolve("report.html"), "<!doctype html><title>Better by λ</title>");
        assertThat(get("/report").body()).contains("Better by λ");
        assertThat(get("/api/status").body()).contains("\"report\":true");
    }

    @Test
    void aPortInUseIsSaidInOneLine() {
        assertThatThrownBy(() -> WebServer.start(store, new WebServer.Config("127.0.0.1", server.port(), home)))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "cannot listen on port %d of 127.0.0.1: Address already in use; stop what listens there, or choose another with --port",
                        server.port());
    }

    @Test
    void theStoreIsOnlyForThoseWithTheToken() throws Exception {
        assertThat(get("/api/store/pairs").statusCode()).isEqualTo(401);
        assertThat(send(request("/api/store/pairs")
                                .header("Authorization", "Bearer " + "0".repeat(64))
                                .GET())
                        .statusCode())
                .isEqualTo(401);
    }

    private Preference last() {
        List<Preference> all = store.preferences();
        return all.get(all.size() - 1);
    }

    private JsonNode shown(long comparison, String labeler) throws Exception {
        JsonNode all =
                Json.mapper().readTree(get(labeler, "/api/comparisons?limit=20").body());
        for (JsonNode shown : all) {
            if (shown.path("comparison").asLong() == comparison) {
                return shown;
            }
        }
        throw new AssertionError("not shown: " + comparison);
    }

    private static String given(JsonNode shown, String labeler, String choice, @Nullable UUID replaces) {
        return """
                {"id":"%s","comparison":%d,"content":"%s","labeler":"%s","choice":"%s","shown_ms":1234,\
                "at":"2026-11-23T10:00:00.000Z","replaces":%s}"""
                .formatted(
                        UUID.randomUUID(),
                        shown.path("comparison").asLong(),
                        shown.path("content").asText(),
                        labeler,
                        choice,
                        replaces == null ? "null" : '"' + replaces.toString() + '"');
    }

    private static List<Long> ids(HttpResponse<String> response) throws IOException {
        return Json.mapper().readTree(response.body()).findValues("comparison").stream()
                .map(JsonNode::asLong)
                .toList();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get("ann", path);
    }

    private HttpResponse<String> get(String name, String path) throws Exception {
        return client(name).send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return send(json().POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder json() {
        return request("/api/preferences").header("Content-Type", "application/json");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path));
    }

    /** As ann. */
    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client("ann").send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpClient client(String name) throws Exception {
        HttpClient client = signedIn.get(name);
        if (client == null) {
            client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
            signedIn.put(name, client);
            client.send(
                    request("/api/session")
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"%s\"}".formatted(name)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
        return client;
    }

    /** For what an HTTP client refuses to send. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
