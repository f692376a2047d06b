package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.db.FeedbackStore;
import dev.heed.web.ModelHost.Answer;
import dev.heed.web.ModelHost.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs see of models that no test could make of real ones: so slow, or failing half-way. */
class ChatApiTest {
    /** A model that says one word, and then nothing for ever, or breaks off. */
    private static final class Odd implements ModelHost, Answer {
        private final boolean breaksOff;
        private final CountDownLatch closed = new CountDownLatch(1);
        private boolean begun;

        Odd(boolean breaksOff) {
            this.breaksOff = breaksOff;
        }

        @Override
        public List<Model> models() {
            return List.of(new Model("odd", Kind.LANGUAGE, Instant.EPOCH));
        }

        @Override
        public Answer answer(Question question) {
            return this;
        }

        @Override
        public Scores score(String model, List<Text> texts) {
            throw new Refusal(503, "model", "insufficient_memory", "no room");
        }

        @Override
        public int promptTokens() {
            return 1;
        }

        @Override
        public int completionTokens() {
            return 1;
        }

        @Override
        public Optional<Piece> await(long milliseconds) throws InterruptedException {
            if (!begun) {
                begun = true;
                return Optional.of(new Piece(0, "well", List.of(), null));
            }
            if (breaksOff) {
                throw new IllegalStateException("broken");
            }
            Thread.sleep(milliseconds);
            return Optional.empty();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private static final Map<String, Object> ASKED = Map.of("model", "odd", "prompt", "so");

    @Test
    void whoGoesAwayIsMissedAlsoWhereNothingIsSaid(@TempDir Path home) throws Exception {
        for (String streamed : List.of("true", "false")) {
            Odd odd = new Odd(false);
            try (FeedbackStore store = FeedbackStore.open(home.resolve(streamed));
                    WebServer server =
                            WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home.resolve(streamed)), odd)) {
                leave(server.port(), "{\"model\":\"odd\",\"prompt\":\"so\",\"stream\":%s}".formatted(streamed));
                assertThat(odd.closed.await(10, TimeUnit.SECONDS))
                        .as("streamed: " + streamed)
                        .isTrue();
            }
        }
    }

    private static void leave(int port, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request =
                    """
                    POST /v1/completions HTTP/1.1
                    Host: localhost
                    Content-Type: application/json
                    Content-Length: %d

                    %s"""
                            .formatted(body.length(), body);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
            socket.setSoLinger(true, 0); // resets, as a program does that was killed
        }
    }

    @Test
    void aStreamThatBreaksOffSaysSoAndIsNotDone(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home), new Odd(true))) {
            Browserless program = new Browserless(server.url());
            String stream = program.post("/v1/completions", Map.of("model", "odd", "prompt", "so", "stream", true))
                    .body();
            assertThat(stream)
                    .contains("\"text\":\"well\"", "data: {\"error\":{", "\"type\":\"server_error\"")
                    .doesNotContain("[DONE]", "broken");
            assertThat(program.post("/v1/completions", ASKED).status()).isEqualTo(500);
        }
    }

    @Test
    void whatWillNotPassIsNotTriedAgain(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home), new Odd(true))) {
            Browserless.Said said = new Browserless(server.url())
                    .post("/v1/score", Map.of("model", "odd", "prompt", "so", "completion", "well"));
            assertThat(said.status()).isEqualTo(503);
            assertThat(said.whole().headers().firstValue("X-Should-Retry")).contains("false");
        }
    }
}
