package dev.heed.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.db.FeedbackStore;
import dev.heed.run.Json;
import dev.heed.web.ModelHost.Kind;
import dev.heed.web.ModelHost.Model;
import dev.heed.web.WebServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long programs wait. On small models of random weights, or with {@code -Dheed.home=DIR} on those of a home that no
 * server holds: the last that writes and the last that scores.
 */
class ProgramsSpeedTest {
    private static final int MANY = 64;

    private final HttpClient http = HttpClient.newHttpClient();
    private String url = "";
    private String writer = "";
    private String judge = "";

    @Test
    void manyAtOnceTakeAQuarterOfTheTimeOfManyInARow(@TempDir Path folder) throws Exception {
        String given = System.getProperty("heed.home", "");
        Path home = given.isEmpty() ? folder : Path.of(given);
        if (given.isEmpty()) {
            Home.make(home);
        }
        try (FeedbackStore store = FeedbackStore.open(folder.resolve("store"));
                Host host = new Host(home, () -> Home.TORCH, () -> 1L << 40);
                WebServer started =
                        WebServer.start(store, new WebServer.Config("127.0.0.1", 0, folder.resolve("store")), host)) {
            url = started.url();
            writer = last(host.models(), Kind.LANGUAGE);
            judge = last(host.models(), Kind.REWARD);
            measure();
        }
    }

    private void measure() throws Exception {
        long[] first = {time(() -> ask("score", scoring())), time(() -> ask("chat/completions", chat(0, 48)))};
        long[] scores = IntStream.range(0, 20)
                .mapToLong(i -> time(() -> ask("score", scoring())))
                .sorted()
                .toArray();
        long[] chats = IntStream.range(0, 20)
                .mapToLong(i -> time(() -> ask("chat/completions", chat(i, 48))))
                .sorted()
                .toArray();
        System.err.printf(
                "first score %d ms, first chat %d ms; of 20, median and slowest: score %.1f, %.1f ms; chat of up to 48 tokens %.1f, %.1f ms%n",
                first[0] / 1000, first[1] / 1000, scores[10] / 1e3, scores[19] / 1e3, chats[10] / 1e3, chats[19] / 1e3);
        double best = 1;
        for (int attempt = 0; attempt < 3 && best > .25; attempt++) { // the machine may be busy with something else
            best = Math.min(best, ratio());
        }
        assertThat(best).isLessThanOrEqualTo(.25);
    }

    private double ratio() {
        List<JsonNode> inARow = new ArrayList<>();
        long row = time(() -> IntStream.range(0, MANY).forEach(i -> inARow.add(ask("chat/completions", chat(i, 64)))));
        List<JsonNode> atOnce = new ArrayList<>();
        long once = time(() -> {
            List<CompletableFuture<HttpResponse<String>>> asked = IntStream.range(0, MANY)
                    .mapToObj(i -> http.sendAsync(
                            request("chat/completions", chat(i, 64)), HttpResponse.BodyHandlers.ofString()))
                    .toList();
            asked.forEach(answer -> atOnce.add(tree(answer.join())));
        });
        int tokens = inARow.stream()
                .mapToInt(answer -> answer.at("/usage/completion_tokens").asInt())
                .sum();
        long same = IntStream.range(0, MANY)
                .filter(i -> inARow.get(i)
                        .at("/choices/0/message")
                        .equals(atOnce.get(i).at("/choices/0/message")))
                .count();
        System.err.printf(
                "%d chats, %d tokens: in a row %d ms, at once %d ms, ratio %.3f; %d say the same%n",
                MANY, tokens, row / 1000, once / 1000, once / (double) row, same);
        return once / (double) row;
    }

    private static String last(List<Model> models, Kind kind) {
        return models.stream()
                .filter(model -> model.kind() == kind)
                .map(Model::id)
                .reduce((one, next) -> next)
                .orElseThrow();
    }

    /** Microseconds. */
    private static long time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1000;
    }

    private ObjectNode scoring() {
        ObjectNode body = Json.mapper().createObjectNode().put("model", judge);
        return body.put("prompt", "Where does the fox live?").put("completion", "The fox lives in a den by the river.");
    }

    private ObjectNode chat(int seed, int maxTokens) {
        ObjectNode body = Json.mapper().createObjectNode().put("model", writer).put("seed", seed);
        body.putArray("messages").addObject().put("role", "user").put("content", "Tell me a story of the fox.");
        return body.put("max_tokens", maxTokens);
    }

    private HttpRequest request(String path, ObjectNode body) {
        return HttpRequest.newBuilder(URI.create(url + "/v1/" + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    private JsonNode ask(String path, ObjectNode body) {
        try {
            return tree(http.send(request(path, body), HttpResponse.BodyHandlers.ofString()));
        } catch (java.io.IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode tree(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        try {
            return Json.mapper().readTree(response.body());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
