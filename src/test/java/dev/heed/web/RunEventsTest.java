package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.ServerFile;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class RunEventsTest {
    @TempDir
    Path home;

    private FeedbackStore store;
    private WebServer server;
    private String bearer;
    private RunDir run;

    @BeforeEach
    void start() {
        store = FeedbackStore.open(home);
        server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
        bearer = "Bearer " + ServerFile.find(home).orElseThrow().token();
        run = RunDir.at(home, "ppo-1");
        Training.begin(run);
        run.work(0, 1000);
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    /** One event: its name, id and data. */
    private record Event(String name, String id, JsonNode data) {}

    /** A browser's end of the stream. */
    private final class Stream {
        private final HttpResponse<java.util.stream.Stream<String>> response;
        private final Iterator<String> lines;

        Stream(String query, String... headers) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + "/api/events" + query))
                    .header("Accept", "text/event-stream")
                    .header("Authorization", bearer);
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines());
            lines = response.body().iterator();
        }

        /** The next of that name. */
        Event next(String name) throws IOException {
            String event = "";
            String id = "";
            while (true) {
                String line = lines.next();
                if (line.startsWith("event:")) {
                    event = line.substring(6).strip();
                } else if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("data:") && event.equals(name)) {
                    return new Event(event, id, Json.mapper().readTree(line.substring(5)));
                }
            }
        }
    }

    private Curves.Drawn drawn() {
        return new Curves(run.path().resolve("metrics.jsonl")).draw();
    }

    private String place() {
        Curves.Drawn drawn = drawn();
        return "ppo-1:%s:%d".formatted(drawn.edition(), drawn.lines());
    }

    @Test
    void aReaderGetsWhatIsLoggedAndGoesOnFromItsLastEvent() throws Exception {
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Training.metrics(0));
            Stream stream = new Stream("?runs=" + place());
            assertThat(stream.next("rows").data().at("/0/state").asText()).isEqualTo("running");
            log.metrics(1, Training.metrics(1));
            Event first = stream.next("points");
            assertThat(first.data().path("points").findValuesAsText("step")).containsExactly("1.0");
            assertThat(first.data().at("/points/0/score").asDouble())
                    .isEqualTo(Training.metrics(1).get("score"));
            for (int step = 2; step < 6; step++) {
                log.metrics(step, Training.metrics(step));
            }
            Event missed = new Stream("?runs=" + place(), "Last-Event-ID", first.id()).next("points");
            assertThat(missed.data().path("points").findValuesAsText("step"))
                    .containsExactly("2.0", "3.0", "4.0", "5.0");
        }
    }

    @Test
    void aReaderOfARunThatBeganAnewIsToldToAskAgain() throws Exception {
        log(0, 5);
        Stream stream = new Stream("?runs=" + place());
        log(3, 4);
        assertThat(stream.next("again").data().path("run").asText()).isEqualTo("ppo-1");
        run.finish(Map.of());
        JsonNode row = stream.next("rows").data().get(0);
        while (!row.path("state").asText().equals("done")) {
            row = stream.next("rows").data().get(0);
        }
    }

    @Test
    void badPlacesAreRefused() {
        Browserless owner = new Browserless(server.url()).with("Authorization", bearer);
        assertThat(owner.get("/api/events?runs=").status()).isEqualTo(400);
        owner.with("Accept", "text/event-stream");
        assertThat(owner.get("/api/events?runs=nothing:0:0").status()).isEqualTo(404);
        assertThat(owner.get("/api/events?runs=ppo-1").body()).contains("NAME:EDITION:LINES");
        assertThat(owner.get("/api/events?runs=ppo-1:x:-1").status()).isEqualTo(400);
    }

    @Test
    void theServerDoesNotWaitForReaders() throws Exception {
        Stream stream = new Stream("");
        stream.next("rows");
        long begin = System.nanoTime();
        server.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        stream.lines.forEachRemaining(rest -> {}); // and the stream ends
    }

    /**
     * A training step shares nothing with readers but the processor (a run's process only writes its files), so what fifty
     * may cost it is what they take of that.
     */
    @Test
    void fiftyWhoDoNotReadTakeLittleAndHoldNobodyUp() throws Exception {
        log(0, 1);
        List<Socket> stalled = new ArrayList<>();
        try (RunLog log = RunLog.open(run, 1)) {
            for (int i = 0; i < 50; i++) {
                stalled.add(stall());
            }
            Stream reader = new Stream("?runs=" + place());
            reader.next("rows");
            Thread.sleep(2000);
            long before = readersCpu();
            long begin = System.nanoTime();
            long slowest = 0;
            for (int step = 1; step <= 100; step++) {
                long at = System.nanoTime();
                log.metrics(step, Training.metrics(step));
                slowest = Math.max(slowest, System.nanoTime() - at);
                Thread.sleep(50);
            }
            double share = (readersCpu() - before)
                    / (double) (System.nanoTime() - begin)
                    / Runtime.getRuntime().availableProcessors(); // a training step has them all
            long last = 0;
            while (last < 100) {
                last = reader.next("points").data().path("lines").asLong() - 1;
            }
            System.out.printf(
                    "50 stalled readers: %.2f %% of the processor, slowest write %.1f ms%n",
                    100 * share, slowest / 1e6);
            assertThat(share).as("share of the processor").isLessThan(0.03);
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    /** Asks for events with the smallest of windows and never reads one. */
    private Socket stall() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.getOutputStream()
                .write(
                        "GET /api/events?runs=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: %s\r\n\r\n"
                                .formatted(place(), bearer)
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static long readersCpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().equals(RunEvents.THREAD)) {
                sum += Math.max(0, threads.getThreadCpuTime(id));
            }
        }
        return sum;
    }

    private void log(int from, int to) {
        try (RunLog log = RunLog.open(run, from)) {
            for (int step = from; step < to; step++) {
                log.metrics(step, Training.metrics(step));
            }
        }
    }
}
