package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.ServerFile;
import dev.heed.run.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code heed serve} in a process of its own, asked with the owner's token. */
final class Serving {
    private final Child child;
    private final ServerFile server;
    private final HttpClient http = HttpClient.newHttpClient();

    private Serving(Child child, ServerFile server) {
        this.child = child;
        this.server = server;
    }

    static Serving start(Path home, String... words) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "dev.heed.Main", "serve", "--port=0", "--home=" + home));
        all.addAll(List.of(words));
        Child child = Child.start(all.toArray(String[]::new));
        while (!child.err().contains("label at ")) {
            assertThat(child.process().isAlive()).as(child.err()).isTrue();
            Thread.sleep(20);
        }
        return new Serving(child, ServerFile.find(home).orElseThrow());
    }

    String url() {
        return server.url();
    }

    String said() throws IOException {
        return child.err();
    }

    JsonNode get(String path) {
        return expectDone(send("GET", path, ""));
    }

    JsonNode post(String path, Object body) {
        return expectDone(send("POST", path, Json.line(body)));
    }

    JsonNode delete(String path) {
        return expectDone(send("DELETE", path, "{}"));
    }

    /** What it says to what it will not do. */
    String refused(String path, Object body) {
        HttpResponse<String> response = send("POST", path, Json.line(body));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        return json(response).path("error").asText();
    }

    private static JsonNode expectDone(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return Json.mapper().readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> send(String method, String path, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + path))
                            .header("Authorization", "Bearer " + server.token())
                            .header("Content-Type", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    JsonNode job(long id) {
        for (JsonNode job : get("/api/jobs")) {
            if (job.path("id").asLong() == id) {
                return job;
            }
        }
        throw new AssertionError("no job " + id);
    }

    List<String> states() {
        List<String> states = new ArrayList<>();
        get("/api/jobs").forEach(job -> states.add(job.path("state").asText()));
        return states;
    }

    void awaitState(long id, String state) throws InterruptedException {
        for (int i = 0; i < 1200 && !job(id).path("state").asText().equals(state); i++) {
            Thread.sleep(50);
        }
        assertThat(job(id).path("state").asText())
                .as(() -> get("/api/jobs/%d/log".formatted(id)).path("text").asText())
                .isEqualTo(state);
    }

    /** SIGTERM, as Ctrl-C and service managers end it. */
    void terminate() throws Exception {
        child.process().destroy();
        child.exitCode(40);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        child.process().destroyForcibly().waitFor();
    }
}
