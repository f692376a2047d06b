package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import java.io.OutputStream;
import java.net.CookieManager;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
    @Test
    void listensWithinThreeSecondsWithoutNativeLibraries(@TempDir Path folder) throws Exception {
        long best = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3 && best > 3000; attempt++) { // the machine may be busy with something else
            long began = System.nanoTime();
            Child serve = Child.start(
                    "-XX:TieredStopAtLevel=1", // as the launcher starts it
                    "dev.heed.Main",
                    "serve",
                    "--port=0",
                    "--home=" + folder.resolve("h" + attempt));
            try {
                while (!serve.err().contains("label at http://127.0.0.1:")) {
                    assertThat(serve.process().isAlive()).as(serve.err()).isTrue();
                    Thread.sleep(10);
                }
                long wall = (System.nanoTime() - began) / 1_000_000;
                long cpu = serve.process()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toMillis)
                        .orElse(wall);
                System.err.printf("heed serve listens after %d ms, of which it computed %d%n", wall, cpu);
                best = Math.min(best, Math.min(wall, cpu)); // it may have waited for others
                Path maps = Path.of("/proc", String.valueOf(serve.process().pid()), "maps");
                if (Files.exists(maps)) {
                    assertThat(Files.readString(maps))
                            .contains("libjvm")
                            .doesNotContain("libtorch", "libdjl", "libtokenizers");
                } else {
                    System.err.println("no /proc: which libraries heed serve loads cannot be seen here");
                }
                assertThat(serve.out()).isEmpty();
            } finally {
                serve.process().destroyForcibly().waitFor();
            }
        }
        assertThat(best).isLessThan(3000);
    }

    /** A request is half sent when the server is asked to end: it is answered, and what it said is saved. */
    @Test
    void whatIsUnderWayWhenItIsAskedToEndIsFinished(@TempDir Path home) throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addComparisons(List.of(new Comparison(
                    0,
                    1,
                    Prompt.ofText("What burns?", "fact", Split.TRAIN),
                    new Completion("Oil.", "sft", true),
                    new Completion("Nothing.", "ppo-1", true),
                    0)));
        }
        Child serve = Child.start("dev.heed.Main", "serve", "--local", "--port=0", "--home=" + home);
        URI url = URI.create(expectUrl(serve));
        HttpClient http =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        String cookie = http.send(
                        HttpRequest.newBuilder(url.resolve("/api/session"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"ann\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .split(";")[0];
        JsonNode shown = Json.mapper()
                .readTree(http.send(
                                HttpRequest.newBuilder(url.resolve("/api/comparisons"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body())
                .get(0);
        String body =
                """
                {"id":"%s","comparison":1,"content":"%s","labeler":"ann","choice":"tie","shown_ms":9,\
                "at":"2026-11-23T10:00:00.000Z","replaces":null}"""
                        .formatted(UUID.randomUUID(), shown.path("content").asText());
        String head =
                """
                POST /api/preferences HTTP/1.1\r
                Host: %s\r
                Cookie: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                """
                        .formatted(url.getAuthority(), cookie, body.length());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write((head + body.substring(0, 50)).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Thread.sleep(300);
            serve.process().destroy(); // SIGTERM
            Thread.sleep(3500); // longer than Jetty waits of itself
            assertThat(serve.process().isAlive()).isTrue();
            out.write(body.substring(50).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            byte[] answer = new byte[1024];
            int count = socket.getInputStream().read(answer);
            assertThat(new String(answer, 0, Math.max(0, count), StandardCharsets.UTF_8))
                    .as(serve.err())
                    .startsWith("HTTP/1.1 200")
                    .contains("\"answered\":1");
        }
        assertThat(serve.exitCode(40)).isEqualTo(143); // as systems name an end by SIGTERM
        assertThat(serve.err()).contains("every preference is saved");
        try (FeedbackStore store = FeedbackStore.open(home)) {
            assertThat(store.preferences()).hasSize(1);
            assertThat(store.found().replayed() + store.found().journaled()).isZero();
        }
    }

    private static String expectUrl(Child serve) throws Exception {
        Pattern listening = Pattern.compile("label at (http://127[0-9.:]+)");
        while (true) {
            Matcher found = listening.matcher(serve.err());
            if (found.find()) {
                return found.group(1);
            }
            assertThat(serve.process().isAlive()).as(serve.err()).isTrue();
            Thread.sleep(20);
        }
    }
}
