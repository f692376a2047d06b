package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.eval.HeldOut;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.web.Chromium;
import dev.heed.web.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Report cards of models that learned a little, in a real browser. */
class CardPagesTest {
    private static final String EVIL = "<img src=x onerror=\"window.hurt=1\"><script>window.hurt=1</script>";

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    static Path home;

    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void makeModels() throws IOException {
        Path text = Files.writeString(
                home.resolve("text.txt"),
                IntStream.range(0, 60)
                        .mapToObj(i -> "The otter number %d lives in the old mill by the river.".formatted(i))
                        .collect(Collectors.joining("\n\n")));
        Path preferences = Files.writeString(
                home.resolve("preferences.jsonl"),
                IntStream.range(0, 300)
                        .mapToObj(i -> preference(i, "ann", i % 5 != 0) + preference(i, "<b>bob</b>", i % 3 != 0))
                        .collect(Collectors.joining()));
        said("tokenizer", "--text=" + text, "--vocabulary=300");
        said(
                "pretrain",
                "--text=" + text,
                "--steps=20",
                "--batch=4",
                "--length=32",
                "--layers=1",
                "--width=32",
                "--heads=2",
                "--intermediate=64",
                "--context=256");
        said("import", "preferences", preferences.toString());
        said("reward", "--model=pretrain", "--sample-max-tokens=8");
    }

    private static String preference(int i, String labeler, boolean first) {
        String kind = "In the mill, of course, my friend.";
        String rude = i % 2 == 0 ? "No. " + EVIL : "Go away.";
        return Json.line(Map.of(
                        "prompt",
                        "Where does the otter number %d live? %s".formatted(i, i % 4 == 0 ? EVIL : ""),
                        "chosen",
                        first ? kind : rude,
                        "rejected",
                        first ? rude : kind,
                        "strength",
                        1 + i % 3,
                        "labeler",
                        labeler))
                + "\n";
    }

    private static void said(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--home=" + home, "--threads=2", "--precision=fp32", "--quiet"));
        Said said = Said.by(all.toArray(String[]::new));
        assertThat(said.exitCode()).as(said.err()).isZero();
    }

    private interface Visit {
        void at(WebServer server, Page page) throws IOException;
    }

    private void visited(ColorScheme theme, Visit visit) throws IOException {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(
                        store,
                        new WebServer.Config(
                                "127.0.0.1", 0, home, 1, WebServer.Entry.LOCAL, null, List.of(), new Cards(home)))) {
            Page page = chromium.page(theme, 1280, 900);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            page.onPageError(complaints::add);
            page.navigate(server.url() + "/runs");
            page.fill("#name", "lea");
            page.keyboard().press("Enter");
            page.waitForSelector(".runs");
            visit.at(server, page);
            page.context().close();
        }
    }

    @Test
    void fromTheRunToItsCardToAComparison() throws IOException {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT);
            visited(theme, (server, page) -> {
                assertThat(page.locator(".runs a:has-text('Report card')").count())
                        .as("the tokenizer has none")
                        .isEqualTo(2);
                Chromium.expectAccessible(page, name + "-runs-cards");
                page.click("[aria-label='Report card of reward']");
                page.waitForSelector("h1:has-text('knows which of two answers people prefer')");
                assertThat(page.locator(".forest tr:has-text('Two people agree')")
                                .count())
                        .isEqualTo(1);
                page.locator(".cases details").first().locator("summary").click();
                page.locator("details.settings summary").first().click();
                Chromium.expectAccessible(page, name + "-card-reward");
                assertThat(page.evaluate("window.hurt")).isNull();
                String number = page.locator(".cases a").first().textContent();
                page.locator(".cases a").first().click();
                page.waitForSelector("h2:has-text('Comparison " + number.replace("no. ", "") + "')");
                page.waitForSelector(".case:has-text('otter number')");
                Chromium.expectAccessible(page, name + "-card-comparison");
                page.navigate(server.url() + "/quality#comparison=99999");
                page.waitForSelector("text=there is no comparison 99999");
                complaints.removeIf(line -> line.contains("404"));
                page.navigate(server.url() + "/api/runs/pretrain/card");
                page.waitForSelector("h1:has-text('pretrain was never evaluated')");
                Chromium.expectAccessible(page, name + "-card-pretrain");
            });
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void whatCommandsReportedIsReadHereToo() throws IOException {
        Path exams = Files.createDirectories(home.resolve("exams"));
        Files.writeString(
                exams.resolve("talk.html"),
                "<!doctype html><title>Talk &amp; &lt;tales&gt;</title><script>window.hurt = 1</script><h1>All of it</h1>");
        visited(ColorScheme.DARK, (server, page) -> {
            page.waitForSelector(".reports a");
            assertThat(page.locator(".reports a").allTextContents()).containsExactly("Talk & <tales>");
            Chromium.expectAccessible(page, "dark-runs-reports");
            Response shown = Objects.requireNonNull(
                    page.waitForResponse("**/api/reports/exams.talk", () -> page.click(".reports a")));
            assertThat(shown.headers().get("content-security-policy")).startsWith("default-src 'none'");
            page.waitForSelector("h1:has-text('All of it')");
            assertThat(page.evaluate("window.hurt"))
                    .as("no script of a report runs")
                    .isNull();
            for (String elsewhere : List.of("exams.nothing", "..%2Fsecret", "%2Fetc%2Fpasswd")) {
                assertThat(page.request()
                                .get(server.url() + "/api/reports/" + elsewhere)
                                .status())
                        .as(elsewhere)
                        .isIn(400, 404);
            }
        });
        Files.delete(exams.resolve("talk.html"));
        complaints.removeIf(line -> line.contains("Content Security Policy"));
        assertThat(complaints).isEmpty();
    }

    @Test
    void fitsAPhoneAndIsKeptAsAFileThatLeadsNowhere() throws IOException {
        visited(ColorScheme.LIGHT, (server, page) -> {
            page.setViewportSize(375, 740);
            Response shown = Objects.requireNonNull(page.navigate(server.url() + "/api/runs/reward/card"));
            assertThat(shown.headers().get("content-security-policy"))
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(375);
            Chromium.expectAccessible(page, "phone-card-reward");
            String file = page.request()
                    .get(server.url() + "/api/runs/reward/card?download")
                    .text();
            assertThat(file).contains("knows which of two").doesNotContain("href=\"/", "<script", "<img");
            String refused = page.request()
                    .get(server.url() + "/api/runs/tokenizer/card")
                    .text();
            assertThat(refused).contains("run tokenizer made no model (it is of the stage tokenizer)");
        });
        assertThat(complaints).isEmpty();
    }

    @Test
    void whatOnlyMeasuresIsWhatItIsMeasuredOn() {
        assertThat(HeldOut.read(RunDir.at(home, "reward")))
                .hasSizeGreaterThan(10)
                .allSatisfy(one -> {
                    assertThat(Split.of(one.asked())).isEqualTo(Split.HELD_OUT);
                    assertThat(one.said()).hasSize(2);
                });
    }
}
