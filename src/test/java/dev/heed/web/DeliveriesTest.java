package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Storage;
import dev.heed.db.WebhookStore.Delivery;
import dev.heed.db.WebhookStore.Happening;
import dev.heed.db.WebhookStore.Webhook;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Preference;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens here reaches other servers once, signed, and goes nowhere else. */
@ParameterizedClass
@EnumSource(Storage.class)
class DeliveriesTest {
    /** As the real one, but for this machine. */
    private static final Destination.Policy HERE = new Destination.Policy() {
        @Override
        public boolean allowsScheme(String scheme) {
            return true;
        }

        @Override
        public boolean allows(InetAddress address) {
            return address.isLoopbackAddress();
        }
    };

    private static final Courier COURIER = new Courier(Duration.ofMillis(800));

    /** What a server was told. */
    private record Told(Map<String, String> headers, String body) {
        JsonNode json() {
            try {
                return Json.mapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    private final Storage storage;
    private final List<Told> told = Collections.synchronizedList(new ArrayList<>());
    private Path home;
    private FeedbackStore store;
    private HttpServer receiver;
    private Deliveries deliveries;
    private Instant now = Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS); // databases round
    private int status = 200;

    DeliveriesTest(Storage storage) {
        this.storage = storage;
    }

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        home = folder;
        store = FeedbackStore.open(home, storage.newDatabase());
        store.addComparisons(Served.comparisons(2));
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", this::receive);
        receiver.start();
        deliveries = new Deliveries(store, home, HERE, COURIER, () -> now);
    }

    @AfterEach
    void close() {
        receiver.stop(0);
        store.close();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            told.add(new Told(headers, new String(body.readAllBytes(), StandardCharsets.UTF_8)));
        }
        if (status == 302) {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:" + port() + "/hook/other");
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private int port() {
        return receiver.getAddress().getPort();
    }

    private String url() {
        return "http://127.0.0.1:%d/hook".formatted(port());
    }

    private Webhook webhook(String url, String secret, Happening... events) {
        return store.webhooks()
                .add(url, secret, List.of(events), "lea", Instant.now().minusSeconds(5), 20);
    }

    private Webhook webhook(Happening... events) {
        return webhook(url(), Deliveries.secret(), events);
    }

    private Preference label(long comparison, String labeler, Answer answer, @Nullable UUID replaces) {
        return store.label(
                store.findComparison(comparison).orElseThrow(),
                new Preference(UUID.randomUUID(), comparison, labeler, answer, false, 900, Instant.now(), replaces));
    }

    private Delivery latest(Webhook of) {
        return store.webhooks().deliveries(of.id(), 1).get(0);
    }

    @Test
    void aPreferenceIsToldOnceAndSigned() {
        String secret = Deliveries.secret();
        Webhook webhook = webhook(url(), secret, Happening.PREFERENCE_STORED);
        Preference stored = label(1, "ann", Answer.FIRST, null);
        store.label(store.findComparison(1).orElseThrow(), stored); // sent again
        assertThat(deliveries.turn()).isEqualTo(1);
        assertThat(deliveries.turn()).isZero();
        Told one = told.get(0);
        assertThat(told).hasSize(1);
        assertThat(one.json().path("type").asText()).isEqualTo("preference_stored");
        assertThat(one.json().at("/data/id").asText()).isEqualTo(stored.id().toString());
        assertThat(one.json().at("/data/comparison").asLong()).isEqualTo(1);
        assertThat(one.json().at("/data/answer").asText()).isEqualTo("first");
        assertThat(one.json().at("/data/campaign").asText()).isEqualTo("The loop");
        assertThat(one.headers().get("content-type")).isEqualTo("application/json");
        assertThat(one.headers().get("webhook-signature"))
                .isEqualTo(Deliveries.signature(
                        secret,
                        String.valueOf(one.headers().get("webhook-id")),
                        Long.parseLong(String.valueOf(one.headers().get("webhook-timestamp"))),
                        one.body().getBytes(StandardCharsets.UTF_8)));
        assertThat(latest(webhook)).satisfies(delivery -> {
            assertThat(delivery.arrived()).isTrue();
            assertThat(delivery.outcome()).isEqualTo("answered 200");
        });
    }

    /** The example of standardwebhooks.com's reference libraries. */
    @Test
    void signaturesAreThoseOfStandardWebhooks() {
        assertThat(Deliveries.signature(
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330,
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void whatDoesNotArriveIsTriedAgainLaterAndLaterAndThenGivenUp() {
        Webhook webhook = webhook(Happening.PREFERENCE_STORED);
        label(1, "ann", Answer.FIRST, null);
        status = 500;
        deliveries.turn();
        Delivery first = latest(webhook);
        assertThat(first.outcome()).isEqualTo("answered 500");
        assertThat(first.nextAt()).isBetween(now.plusSeconds(4), now.plusSeconds(6));
        assertThat(deliveries.turn()).as("not yet").isZero();
        assertThat(told).hasSize(1);
        for (int attempt = 2; attempt <= 8; attempt++) {
            now = now.plus(Duration.ofHours(20));
            deliveries.turn();
        }
        now = now.plus(Duration.ofDays(3));
        deliveries.turn();
        assertThat(told)
                .hasSize(8)
                .extracting(Told::body)
                .containsOnly(told.get(0).body());
        assertThat(told)
                .extracting(one -> one.headers().get("webhook-id"))
                .containsOnly(first.id().toString());
        assertThat(latest(webhook)).satisfies(delivery -> {
            assertThat(delivery.attempts()).isEqualTo(8);
            assertThat(delivery.nextAt()).isNull();
            assertThat(delivery.arrived()).isFalse();
        });
    }

    @Test
    void oneThatComesBackIsToldWhatItMissed() {
        webhook(Happening.PREFERENCE_STORED);
        status = 503;
        label(1, "ann", Answer.FIRST, null);
        label(2, "ann", Answer.TIE, null);
        deliveries.turn();
        assertThat(told).as("who is silent is not asked again at once").hasSize(1);
        status = 204;
        now = now.plus(Duration.ofMinutes(10));
        assertThat(deliveries.turn()).isEqualTo(2);
    }

    @Test
    void redirectsAreNotFollowed() {
        Webhook webhook = webhook(Happening.PREFERENCE_STORED);
        label(1, "ann", Answer.FIRST, null);
        status = 302;
        deliveries.turn();
        assertThat(told).hasSize(1);
        assertThat(latest(webhook).outcome()).isEqualTo("answered 302; redirects are not followed");
    }

    @Test
    void whoAnswersSlowlyIsCutOff() throws Exception {
        try (ServerSocket trickling = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread slow = new Thread(() -> trickle(trickling));
            slow.setDaemon(true);
            slow.start();
            Webhook webhook = webhook(
                    "http://127.0.0.1:%d/".formatted(trickling.getLocalPort()),
                    Deliveries.secret(),
                    Happening.PREFERENCE_STORED);
            label(1, "ann", Answer.FIRST, null);
            long begin = System.nanoTime();
            deliveries.turn();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
            assertThat(latest(webhook).arrived()).isFalse();
            assertThat(latest(webhook).outcome()).startsWith("no answer within");
        }
    }

    /** A byte now and then, for ever. */
    private static void trickle(ServerSocket server) {
        try (Socket socket = server.accept()) {
            for (int i = 0; i < 600; i++) {
                socket.getOutputStream().write('H');
                Thread.sleep(100);
            }
        } catch (IOException | InterruptedException e) {
            // cut off, as it should be
        }
    }

    @Test
    void whatLeadsBackToThisMachineIsNotContacted() {
        Deliveries real = new Deliveries(store, home, Destination.Policy.PUBLIC, COURIER, () -> now);
        Webhook moved = webhook(
                "https://localhost:%d/hook".formatted(port()), Deliveries.secret(), Happening.PREFERENCE_STORED);
        label(1, "ann", Answer.FIRST, null);
        assertThat(real.turn()).isZero();
        assertThat(told).isEmpty();
        assertThat(latest(moved).outcome()).contains("which is no address of the internet");
    }

    @Test
    void aCampaignThatIsFullOrClosedAndARunThatIsDoneAreToldOnce() throws IOException {
        webhook(Happening.CAMPAIGN_FULL, Happening.CAMPAIGN_CLOSED, Happening.RUN_FINISHED);
        label(1, "ann", Answer.FIRST, null);
        deliveries.turn();
        assertThat(told).isEmpty();
        label(2, "ann", Answer.FIRST, null);
        Campaign loop = store.campaigns().find(Campaign.LOOP).orElseThrow();
        store.campaigns().change(loop.id(), loop.name(), loop.plan(), false);
        store.campaigns().change(loop.id(), loop.name(), loop.plan(), false);
        RunDir run = RunDir.at(home, "ppo");
        run.begin(Map.of("steps", 1));
        run.finish(Map.of("steps", 1));
        deliveries.turn();
        deliveries.turn();
        assertThat(told)
                .extracting(one -> one.json().path("type").asText())
                .containsExactlyInAnyOrder("campaign_full", "campaign_closed", "run_finished");
    }

    @Test
    void whoWantsOtherThingsOrIsRemovedIsToldNothing() {
        webhook(Happening.CAMPAIGN_CLOSED);
        Webhook gone = webhook(Happening.PREFERENCE_STORED);
        label(1, "ann", Answer.FIRST, null);
        store.webhooks().remove(gone.id());
        assertThat(deliveries.turn()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void theCertificateMustBeOfTheHostThatWasNamed(@TempDir Path keys) throws Exception {
        Trusted trusted = trusted(keys, "dns:localhost");
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(trusted.context()));
        secure.createContext("/hook", this::receive);
        secure.start();
        try {
            Courier trusting =
                    new Courier(trusted.context().getSocketFactory(), trusted.manager(), Duration.ofSeconds(5));
            int port = secure.getAddress().getPort();
            Destination named = Destination.of("https://localhost:%d/hook".formatted(port), HERE);
            Destination here = new Destination(named.url(), List.of(InetAddress.getLoopbackAddress()));
            assertThat(trusting.post(here, Map.of(), new byte[] {'1'})).isEqualTo(200);
            Destination other = Destination.of("https://127.0.0.1:%d/hook".formatted(port), HERE);
            assertThatThrownBy(() -> trusting.post(other, Map.of(), new byte[0]))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> new Courier(Duration.ofSeconds(5)).post(here, Map.of(), new byte[0]))
                    .as("nobody vouches for it")
                    .isInstanceOf(IOException.class);
            assertThat(told).hasSize(1);
        } finally {
            secure.stop(0);
        }
    }

    private record Trusted(SSLContext context, X509TrustManager manager) {}

    private static Trusted trusted(Path folder, String name) throws Exception {
        Path file = folder.resolve("keys.p12");
        char[] password = "changeit".toCharArray();
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "hook",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=hook",
                        "-ext",
                        "san=" + name,
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(file.toFile(), password);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, password);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("hook", keys.getCertificate("hook"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return new Trusted(context, (X509TrustManager) trust.getTrustManagers()[0]);
    }

    @Test
    void ofSeveralServersOneDelivers() {
        webhook(Happening.PREFERENCE_STORED);
        label(1, "ann", Answer.FIRST, null);
        assertThat(store.webhooks().claim(20, now)).hasSize(1);
        assertThat(store.webhooks().claim(20, now)).as("another's").isEmpty();
        assertThat(store.webhooks().claim(20, now.plus(Duration.ofMinutes(3))))
                .as("whoever claimed it went away")
                .hasSize(1);
    }
}
