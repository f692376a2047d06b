package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Scripts where text is expected, in a real browser: every page shows them, none runs one. */
class InjectionTest {
    /** Each sets {@code window.hit} where it runs. */
    private static final List<String> PAYLOADS = List.of(
            "<script>window.hit=1</script>",
            "<img src=x onerror=window.hit=1>",
            "<svg onload=window.hit=1>",
            "<svg><script>window.hit=1</script></svg>",
            "\"><script>window.hit=1</script>",
            "'><img src=x onerror=window.hit=1>",
            "</textarea><script>window.hit=1</script>",
            "</title><script>window.hit=1</script>",
            "</script><script>window.hit=1</script>",
            "<iframe srcdoc='<script>parent.hit=1</script>'>",
            "<iframe src=javascript:parent.hit=1>",
            "<a href=javascript:window.hit=1>x</a>",
            "[x](javascript:window.hit=1)",
            "![x](x\" onerror=\"window.hit=1)",
            "**<img src=x onerror=window.hit=1>**",
            "`<script>window.hit=1</script>`",
            "# <img src=x onerror=window.hit=1>",
            "- <svg/onload=window.hit=1>",
            "<body onload=window.hit=1>",
            "<input autofocus onfocus=window.hit=1>",
            "<details open ontoggle=window.hit=1>x",
            "<video><source onerror=window.hit=1>",
            "<math><mi xlink:href=javascript:window.hit=1>x",
            "<object data=javascript:window.hit=1>",
            "<embed src=javascript:window.hit=1>",
            "<form action=javascript:window.hit=1><button>x",
            "<style>@import 'javascript:window.hit=1'</style>",
            "<link rel=stylesheet href=javascript:window.hit=1>",
            "<meta http-equiv=refresh content='0;javascript:window.hit=1'>",
            "${window.hit=1}{{constructor.constructor('window.hit=1')()}}");
    /** Whether anything of the payloads became more than text. */
    private static final String BECAME =
            """
            () => window.hit ?? document.querySelectorAll(
              'img[src=x], iframe, object, embed, video, math, style, main script, main link, meta[http-equiv=refresh], [onload], [onerror], [onfocus], [ontoggle], a[href^=javascript], svg:not([viewBox])').length""";

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @Test
    void thirtyScriptsAreTextOnEveryPage(@TempDir Path home) {
        assertThat(PAYLOADS).hasSize(30);
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(
                        store, new WebServer.Config("127.0.0.1", 0, home, 2, WebServer.Entry.LOCAL, null))) {
            store.addComparisons(comparisons());
            for (String payload : PAYLOADS) {
                leaveTraces(new Browserless(server.url()), payload);
            }
            Browserless lead = new Browserless(server.url());
            lead.signIn("Ada", "");
            assertThat(lead.post(
                                    "/api/campaigns/1/guidelines",
                                    Map.of("text", String.join("\n\n", PAYLOADS) + "\n" + String.join("\n", PAYLOADS)))
                            .status())
                    .isEqualTo(200);
            Page page = chromium.page(ColorScheme.LIGHT, 1280, 900);
            List<String> dialogs = new ArrayList<>();
            page.onDialog(dialog -> {
                dialogs.add(dialog.message());
                dialog.dismiss();
            });
            page.navigate(server.url());
            page.fill("#name", PAYLOADS.get(1));
            page.keyboard().press("Enter");
            for (int i = 0; i < PAYLOADS.size(); i++) {
                page.waitForSelector(".answer");
                expectText(page, "question " + i);
                page.keyboard().press("4");
                page.waitForTimeout(60);
            }
            for (String path : List.of("/campaigns", "/quality", "/team", "/runs")) {
                page.navigate(server.url() + path);
                page.waitForSelector("h1");
                page.waitForTimeout(500);
                expectText(page, path);
            }
            assertThat(page.locator("main").textContent()).isNotEmpty();
            assertThat(dialogs).isEmpty();
            page.context().close();
        }
    }

    private static void expectText(Page page, String where) {
        assertThat(((Number) page.evaluate(BECAME)).intValue()).as(where).isZero();
    }

    private static List<Comparison> comparisons() {
        List<Comparison> comparisons = new ArrayList<>();
        for (String payload : PAYLOADS) {
            comparisons.add(new Comparison(
                    0,
                    1,
                    Prompt.ofText(payload, "fact", Split.TRAIN),
                    new Completion(payload + " first", payload, true),
                    new Completion(payload + " second", payload, true),
                    comparisons.size()));
        }
        return comparisons;
    }

    /** Someone of that name answers with that comment, and ticks that reason. */
    private static void leaveTraces(Browserless page, String payload) {
        String name = payload.substring(0, Math.min(78, payload.length()));
        assertThat(page.signIn(name, "").status()).isEqualTo(200);
        JsonNode shown = page.get("/api/comparisons?limit=1").json().path(0);
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("id", UUID.randomUUID());
        given.put("comparison", shown.path("comparison").asLong());
        given.put("content", shown.path("content").asText());
        given.put("labeler", name);
        given.put("choice", "left");
        given.put("shown_ms", 900);
        given.put("at", Instant.now());
        given.put("comment", payload);
        given.put("reasons", List.of(payload));
        given.put("flagged", true);
        Browserless.Said said = page.post("/api/preferences", given);
        assertThat(said.status()).as(said.body()).isEqualTo(200);
    }
}
