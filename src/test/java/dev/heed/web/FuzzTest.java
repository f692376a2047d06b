package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.db.FeedbackStore;
import dev.heed.db.ServerFile;
import dev.heed.feedback.Role;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that no page sends, drawn from the table of routes: wrong paths, queries, headers and bodies. {@code
 * -Dheed.fuzz=N} sends as many, {@code -Dheed.fuzz.seed=S} others.
 */
class FuzzTest {
    private static final long MOST_GROWN = 16 << 20; // bytes
    private static final int REQUESTS = Integer.getInteger("heed.fuzz", 10_000);
    private static final long SEED = Long.getLong("heed.fuzz.seed", 1);
    private static final List<String> ODD = List.of(
            "",
            "0",
            "-1",
            "9999999999999999999999",
            "NaN",
            "1e400",
            "null",
            "../../etc/passwd",
            "..%2f..%2f",
            "%00",
            "a\u0000b",
            "'; drop table person; --",
            "<script>alert(1)</script>",
            "𝒳🦊\u202e\ud83e",
            "{{7*7}}",
            "ppo-1",
            "left",
            "2026-11-23T10:00:00Z",
            "9f1b6a4e-6a55-4f0e-9a39-0c1d5a3f3a11",
            "x".repeat(3000));
    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json",
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "nonsense");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FeedbackStore store;
    private WebServer server;
    private List<Route> table;
    private List<String> tokens;
    private long draws;

    @BeforeEach
    void start(@TempDir Path home) {
        RunDir run = RunDir.at(home, "ppo-1");
        Training.begin(run);
        try (RunLog log = RunLog.open(run, 0)) {
            log.metrics(0, Training.metrics(0));
            Training.sample(log, 0);
        }
        run.finish(Map.of());
        store = FeedbackStore.open(home);
        store.addComparisons(Served.comparisons(20));
        WebServer.Config config = new WebServer.Config("127.0.0.1", 0, home, 1, new WebServer.Entry(false, null), null);
        server = WebServer.start(store, config);
        table = RoutesTest.table(store, config);
        tokens = new ArrayList<>(
                List.of("", "heed_none", ServerFile.find(home).orElseThrow().token()));
        for (Role role : Role.values()) {
            String token = Secrets.random();
            long person =
                    store.people().add(role.name(), role, null, Instant.now()).id();
            store.people().addToken(Secrets.digest(token), person, "test", Instant.now());
            tokens.add(token);
        }
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    @Test
    void nothingThatIsSentMakesItFailOrGrow() throws Exception {
        Map<Integer, Integer> answers = new TreeMap<>();
        long early = 0;
        for (int i = 0; i < REQUESTS; i++) {
            int status = i % 20 == 0 ? raw() : sent();
            answers.merge(status, 1, Integer::sum);
            if (i == REQUESTS / 5) {
                early = heap();
            }
        }
        long grown = heap() - early;
        for (int i = 0; i < 50 && grown >= MOST_GROWN; i++) { // a body may still be on its way that was refused already
            Thread.sleep(200);
            grown = heap() - early;
        }
        System.out.printf("%,d requests: %s; the heap grew by %,d KiB%n", REQUESTS, answers, grown >> 10);
        assertThat(answers.keySet())
                .as("505 says that HTTP 9.9 is not spoken here")
                .allMatch(status -> status < 500 || status == 505);
        assertThat(answers.entrySet().stream()
                        .filter(answer -> answer.getKey() < 300)
                        .mapToInt(Map.Entry::getValue)
                        .sum())
                .as("most are refused")
                .isLessThan(REQUESTS / 3);
        assertThat(grown).as("bytes").isLessThan(MOST_GROWN);
        assertThat(new Browserless(server.url()).get("/api/status").status()).isEqualTo(200);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    // ---- requests that are HTTP ----

    private int sent() throws InterruptedException {
        Route route = one(table);
        String method = rarely()
                ? one(List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"))
                : route.method().name();
        byte[] body = body(route);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path(route) + query(route)))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .header("Content-Type", one(TYPES));
        String token = one(tokens);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (rarely()) {
            request.header("Origin", one(List.of("null", "http://evil.example", server.url())));
        }
        if (rarely()) {
            request.header("Cookie", "heed=" + URLEncoder.encode(one(ODD), StandardCharsets.UTF_8));
        }
        try {
            HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream answer = response.body()) { // events never end
                if (response.statusCode() >= 500) {
                    System.err.printf(
                            "%d %s %s%s %s%n%s%n",
                            response.statusCode(),
                            method,
                            path(route),
                            query(route),
                            new String(answer.readNBytes(500), StandardCharsets.UTF_8),
                            new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8));
                }
            }
            return response.statusCode();
        } catch (IOException e) {
            return 0; // it hung up on a body that nobody wanted
        }
    }

    private String path(Route route) {
        StringBuilder path = new StringBuilder();
        for (String part : route.path().substring(1).split("/")) {
            path.append('/').append(part.startsWith("{") ? encoded(one(ODD)) : part);
        }
        return path.append(rarely() ? "/" + encoded(one(ODD)) : "").toString();
    }

    private String query(Route route) {
        StringBuilder query = new StringBuilder("?");
        for (String name : route.asks()) {
            query.append(name.replace("?", ""))
                    .append('=')
                    .append(encoded(one(ODD)))
                    .append('&');
        }
        return query.toString();
    }

    private static String encoded(String text) {
        return text.contains("%")
                ? text
                : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private byte[] body(Route route) {
        if (draw(200) == 0) {
            return new byte[draw(2) == 0 ? 70 << 10 : 17 << 20];
        }
        Class<?> takes = route.takes();
        Object value = takes != null && takes.isRecord() && draw(8) > 0 ? record(takes) : junk(0);
        byte[] bytes = Json.line(value).getBytes(StandardCharsets.UTF_8);
        if (rarely() && bytes.length > 2) {
            return Arrays.copyOf(bytes, draw(bytes.length));
        }
        if (rarely() && bytes.length > 0) {
            bytes[draw(bytes.length)] = (byte) draw(256);
        }
        return bytes;
    }

    /** The fields that are expected, most with something else in them. */
    private Map<String, Object> record(Class<?> type) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Arrays.stream(type.getRecordComponents()).forEach(component -> {
            String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
            if (!rarely()) {
                fields.put(name, draw(3) == 0 ? junk(0) : fitting(component.getType()));
            }
        });
        return fields;
    }

    private Object fitting(Class<?> type) {
        if (type.isRecord()) {
            return record(type);
        }
        if (type == List.class) {
            return IntStream.range(0, draw(4)).mapToObj(i -> junk(1)).toList();
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[draw(type.getEnumConstants().length)];
        }
        if (type == UUID.class) {
            return new UUID(draw(1000), draw(1000));
        }
        if (type == boolean.class || type == Boolean.class) {
            return draw(2) == 0;
        }
        return type == String.class ? one(ODD) : draw(100);
    }

    private Object junk(int depth) {
        return switch (draw(depth > 60 ? 5 : 8)) {
            case 0 -> draw(2) == 0;
            case 1 -> (draw(2_000_000) - 1_000_000) * Math.pow(10, draw(300));
            case 2 -> Long.MAX_VALUE - draw(3);
            case 3, 4 -> one(ODD);
            case 5 -> List.of(junk(depth + 20), junk(depth + 20));
            case 6 -> Map.of(one(ODD), junk(depth + 20));
            default -> List.of(Map.of("role", one(List.of("user", "system", "king")), "content", one(ODD)));
        };
    }

    // ---- requests that are not ----

    /** The status of what comes back; 0 where nothing does. */
    private int raw() throws IOException {
        String line = one(List.of(
                "GET / HTTP/1.1",
                "GET http://[::1 HTTP/1.1",
                "GET /%zz HTTP/1.1",
                "GET /" + "a".repeat(20_000) + " HTTP/1.1",
                "GET /../../etc/passwd HTTP/1.1",
                "GET /web/..;/style.css HTTP/1.1",
                "BREW / HTTP/1.1",
                "POST /api/preferences HTTP/1.1",
                "GET / HTTP/9.9",
                "\u0000\u0001\u0002",
                "GET"));
        List<String> headers = new ArrayList<>(List.of(one(List.of(
                "Host: 127.0.0.1",
                "Host: evil.example",
                "Host: a\r\nHost: b",
                "NoColon",
                ": empty",
                "X-Long: " + "y".repeat(50_000)))));
        headers.add(one(List.of(
                "Content-Length: -5",
                "Content-Length: 99999999999",
                "Content-Length: 5\r\nContent-Length: 6",
                "Transfer-Encoding: chunked\r\nContent-Length: 3",
                "Transfer-Encoding: gzip",
                "Expect: 200-maybe",
                "Connection: close")));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(5000);
            String request =
                    line + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n" + one(List.of("", "zz\r\n", "0\r\n\r\n"));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            int status =
                    answer.startsWith("HTTP/") && answer.length() == 12 ? Integer.parseInt(answer.substring(9)) : 0;
            if (status >= 500 && status != 505) {
                System.err.println(status + " " + request.substring(0, Math.min(300, request.length())));
            }
            return status;
        } catch (IOException e) {
            return 0; // hung up on
        }
    }

    // ---- draws ----

    private int draw(int bound) {
        return (int) (bound * Draws.uniform(SEED, "fuzz", draws++));
    }

    private boolean rarely() {
        return draw(10) == 0;
    }

    private <T> T one(List<T> of) {
        return of.get(draw(of.size()));
    }
}
