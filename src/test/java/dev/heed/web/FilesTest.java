package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import dev.heed.db.FeedbackStore;
import dev.heed.db.PeopleStore;
import dev.heed.exchange.Exchange;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Preference;
import dev.heed.run.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What people said, out of a server and into it. */
class FilesTest {
    @RegisterExtension
    static final Chromium chromium = new Chromium();

    private static final String PAIR = "{\"prompt\": \"%s\", \"chosen\": \"a\", \"rejected\": \"b\"}\n";
    private static final int MOST = 2 << 20;

    @TempDir
    Path home;

    private interface Visit {
        void at(FeedbackStore store, WebServer server) throws Exception;
    }

    private void served(FileHost files, Visit visit) throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            served(store, files, visit);
        }
    }

    private void served(FeedbackStore store, FileHost files, Visit visit) throws Exception {
        WebServer.Hosts hosts = new WebServer.Hosts(ModelHost.NONE, JobHost.NONE, files);
        try (WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home), hosts)) {
            visit.at(store, server);
        }
    }

    private void served(Visit visit) throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addComparisons(Served.comparisons(40));
            List<Preference> all = new ArrayList<>();
            for (long i = 1; i <= 40; i++) {
                all.add(said(i, "ann", Answer.FIRST));
                all.add(said(i, "bob", i % 4 == 0 ? Answer.TIE : Answer.FIRST_MUCH));
            }
            store.addPreferences(all);
            served(store, new Exchange(store, MOST), visit);
        }
    }

    private static Preference said(long comparison, String labeler, Answer answer) {
        return new Preference(UUID.randomUUID(), comparison, labeler, answer, false, 3000, Instant.now(), null);
    }

    private static Browserless lead(WebServer server) {
        Browserless lead = new Browserless(server.url());
        assertThat(lead.signIn("lea", "").status()).isEqualTo(200);
        return lead;
    }

    private static HttpResponse<String> send(
            WebServer server, String path, HttpRequest.BodyPublisher body, String cookie) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + path))
                                .header("Content-Type", "application/octet-stream")
                                .header("Cookie", cookie)
                                .POST(body)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aLeadTakesFilesOutAndItIsWrittenDown() throws Exception {
        served((store, server) -> {
            Browserless lead = lead(server);
            assertThat(lead.get("/api/exports/events.jsonl").body().lines()).hasSize(80);
            Browserless.Said pairs = lead.get("/api/exports/pairs.csv?round=1");
            assertThat(pairs.body().lines()).hasSize(41);
            assertThat(pairs.whole().headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
            assertThat(pairs.whole().headers().firstValue("Content-Disposition"))
                    .hasValue("attachment; filename=\"pairs.csv\"");
            assertThat(lead.get("/api/exports/pairs.csv?campaign=none").body().lines())
                    .hasSize(1);
            assertThat(lead.get("/api/exports/all.zip").status()).isEqualTo(200);
            for (String none : List.of("x.jsonl", "..%2Fserver.json", "trl.csv", "events.jsonl%00", "a".repeat(300))) {
                assertThat(lead.get("/api/exports/" + none).status()).as(none).isIn(400, 404);
            }
            assertThat(lead.get("/api/exports/pairs.csv?round=x").status()).isEqualTo(400);
            assertThat(store.people().acts(10))
                    .filteredOn(act -> act.what().equals("export"))
                    .extracting(PeopleStore.Act::details)
                    .containsExactly("all.zip", "pairs.csv?campaign=none", "pairs.csv?round=1", "events.jsonl");
        });
    }

    @Test
    void aFileIsTakenWhollyOrNotAtAll() throws Exception {
        served((store, server) -> {
            Browserless lead = lead(server);
            String cookie = lead.cookie();
            String lines = PAIR.formatted("p") + PAIR.formatted("q");
            HttpResponse<String> bad = send(
                    server, "/api/imports?name=x.jsonl", HttpRequest.BodyPublishers.ofString(lines + "{}\n"), cookie);
            assertThat(bad.statusCode()).isEqualTo(422);
            JsonNode told = Json.mapper().readTree(bad.body());
            assertThat(told.at("/bad/0/line").asInt()).isEqualTo(3);
            assertThat(told.at("/bad/0/file").asText()).isEqualTo("x.jsonl");
            assertThat(told.at("/bad/0/reason").asText()).startsWith("missing field");
            assertThat(store.tally().preferences()).isEqualTo(80);
            for (String expected :
                    List.of("2 new, 0 already there (preferences)", "0 new, 2 already there (preferences)")) {
                HttpResponse<String> good =
                        send(server, "/api/imports?name=x.jsonl", HttpRequest.BodyPublishers.ofString(lines), cookie);
                assertThat(Json.mapper().readTree(good.body()).path("said").asText())
                        .isEqualTo(expected);
            }
            HttpResponse<String> some = send(
                    server,
                    "/api/imports?name=x.jsonl&skip_invalid=true",
                    HttpRequest.BodyPublishers.ofString(PAIR.formatted("r") + "{}\n"),
                    cookie);
            assertThat(Json.mapper().readTree(some.body()).path("added").asInt())
                    .isEqualTo(1);
            assertThat(store.people().acts(10))
                    .extracting(PeopleStore.Act::what)
                    .contains("import");
            assertThat(send(
                                    server,
                                    "/api/imports?name=x.jsonl&format=none",
                                    HttpRequest.BodyPublishers.ofString(lines),
                                    cookie)
                            .statusCode())
                    .isEqualTo(422);
            assertThat(send(server, "/api/imports", HttpRequest.BodyPublishers.ofString(lines), cookie)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(home.toFile().list()).as("nothing stays behind").noneMatch(name -> name.contains("import"));
        });
    }

    @Test
    void aFileThatIsTooLargeIsRefusedWhetherItSaysSoOrNot() throws Exception {
        served((store, server) -> {
            String cookie = lead(server).cookie();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) { // nothing of it is sent
                socket.setSoTimeout(5000);
                OutputStream out = socket.getOutputStream();
                out.write(
                        "POST /api/imports?name=x.jsonl HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nContent-Type: application/octet-stream\r\nContent-Length: 1099511627776\r\n\r\n"
                                .formatted(cookie)
                                .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 413");
            }
            byte[] long64 = new byte[64 << 20];
            try {
                assertThat(send(
                                        server,
                                        "/api/imports?name=x.jsonl",
                                        HttpRequest.BodyPublishers.ofInputStream(
                                                () -> new ByteArrayInputStream(long64)),
                                        cookie)
                                .statusCode())
                        .isEqualTo(413);
            } catch (IOException hungUp) {
                assertThat(hungUp).as("the rest was not wanted").isNotNull();
            }
            assertThat(home.toFile().list()).noneMatch(name -> name.contains("import"));
        });
    }

    /** Writes a little, and then cannot go on. */
    private static final class Breaking implements FileHost {
        @Override
        public Table table() {
            return FileHost.NONE.table();
        }

        @Override
        public Optional<FileHost.Download> export(String file, @Nullable String campaign, @Nullable Integer round) {
            return Optional.of(new FileHost.Download() {
                @Override
                public String type() {
                    return "text/plain";
                }

                @Override
                public void writeTo(OutputStream out) throws IOException {
                    out.write(new byte[1 << 20]);
                    throw new IllegalStateException("the disk is gone");
                }
            });
        }

        @Override
        public Received take(Sent sent, LongConsumer progress) {
            throw new AssertionError("not asked");
        }
    }

    @Test
    void anExportThatBreaksOffIsNeverTakenForAWholeOne() throws Exception {
        served(new Breaking(), (store, server) -> assertThatThrownBy(
                        () -> lead(server).get("/api/exports/x"))
                .isInstanceOf(AssertionError.class)
                .hasCauseInstanceOf(IOException.class));
    }

    @Test
    void thePageTakesOutAndBringsIn() throws Exception {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT);
            home = Files.createDirectory(home.resolve(name));
            served((store, server) -> {
                Page page = theme == ColorScheme.DARK ? chromium.phone(theme) : chromium.page(theme, 1280, 800);
                page.navigate(server.url());
                page.fill("#name", "lea");
                page.keyboard().press("Enter");
                page.waitForSelector(".empty, .answer");
                page.navigate(server.url() + "/files");
                page.waitForSelector("text=Everything (.zip)");
                Chromium.expectAccessible(page, name + "-files");
                Download pairs = page.waitForDownload(() -> page.click("[aria-label='pairs as CSV']"));
                assertThat(pairs.suggestedFilename()).isEqualTo("pairs.csv");
                assertThat(Files.readString(pairs.path()).lines()).hasSize(41);
                Download all = page.waitForDownload(() -> page.click("text=Everything (.zip)"));
                bring(page, "bad.jsonl", (PAIR.formatted("p") + "{\"prompt\": 7}\n").getBytes(StandardCharsets.UTF_8));
                page.waitForSelector("[role=alert]:has-text('1 bad row, so nothing was taken; the first is line 2')");
                Chromium.expectAccessible(page, name + "-files-refused");
                assertThat(store.tally().preferences()).isEqualTo(80);
                page.check("text=Leave bad rows out, take the rest");
                page.click("text=Bring it in");
                page.waitForSelector("[role=status]:has-text('1 new, 0 already there, 1 bad row left out')");
                bring(page, "all.zip", Files.readAllBytes(all.path()));
                page.waitForSelector("[role=status]:has-text('all.zip: 0 new, 80 already there')");
                Chromium.expectAccessible(page, name + "-files-done");
                page.context().close();
            });
            home = Objects.requireNonNull(home.getParent());
        }
    }

    private static void bring(Page page, String name, byte[] content) {
        page.setInputFiles("#file", new FilePayload(name, "application/octet-stream", content));
        page.click("text=Bring it in");
    }

    /** What people said in a study, seen through a server's own figures. */
    @Test
    void aStudysAgreementIsSeenAsItsFileHasIt() throws Exception {
        Path file = Path.of(System.getProperty("heed.shared", "../shared"), "data/preference/pandalm/testset-v1.json");
        boolean there = Files.exists(file);
        if (!there) {
            System.out.println("a small study in place of " + file + ", which is not there");
        }
        byte[] study = there ? Files.readAllBytes(file) : smallStudy();
        JsonNode rows = Json.mapper().readTree(study);
        double equal = 0;
        for (JsonNode row : rows) {
            int a = row.path("annotator1").asInt();
            int b = row.path("annotator2").asInt();
            int c = row.path("annotator3").asInt();
            equal += ((a == b ? 1 : 0) + (a == c ? 1 : 0) + (b == c ? 1 : 0)) / 3.0;
        }
        double observed = equal / rows.size();
        try (FeedbackStore store = FeedbackStore.open(home)) {
            served(store, new Exchange(store), (same, server) -> {
                Browserless lead = lead(server);
                HttpResponse<String> taken = send(
                        server,
                        "/api/imports?name=testset-v1.json",
                        HttpRequest.BodyPublishers.ofByteArray(study),
                        lead.cookie());
                assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
                JsonNode agreed = agreed(lead, rows.size());
                assertThat(agreed.at("/percent/interval/mean").asDouble()).isCloseTo(observed, within(1e-9));
                assertThat(agreed.at("/fleiss/interval/mean").asDouble()).isBetween(0.3, 1.0);
            });
        }
    }

    /** Once it is measured, which a thread of its own does. */
    private static JsonNode agreed(Browserless lead, int comparisons) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            JsonNode quality = lead.get("/api/quality").json().path("quality");
            if (quality.path("comparisons").asInt() == comparisons) {
                return quality.path("agreed");
            }
            Thread.sleep(50);
        }
        throw new AssertionError("not measured");
    }

    private static byte[] smallStudy() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(Map.of(
                    "instruction",
                    "say " + i,
                    "input",
                    "",
                    "response1",
                    "one",
                    "response2",
                    "two",
                    "annotator1",
                    i % 3,
                    "annotator2",
                    i % 5 == 0 ? (i + 1) % 3 : i % 3,
                    "annotator3",
                    i % 3));
        }
        return Json.line(rows).getBytes(StandardCharsets.UTF_8);
    }
}
