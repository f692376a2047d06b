package dev.heed.web;

import static dev.heed.web.Visiting.expectFits;
import static dev.heed.web.Visiting.screenshot;
import static dev.heed.web.Visiting.waitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.heed.db.Child;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.web.Visiting.Visit;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The labeling page in a real browser before a real server. */
class LabelingPageTest {
    private static final String KEYS = "12345670x";
    private static final List<Choice> CHOICES = List.of(Choice.values()); // in the order of KEYS

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @Test
    void thirtyPairsByKeyboardAloneWithTheServerKilledInBetween(@TempDir Path home) throws Exception {
        int port = freePort();
        Map<String, Choice> given = new HashMap<>();
        Page page = chromium.page(ColorScheme.LIGHT, 1280, 800);
        Child server = Child.run(Served.class, home.toString(), String.valueOf(port), "30");
        try {
            page.navigate(server.expectLine());
            begin(page, "ann");
            int restarts = 0;
            for (int i = 0; i < 30; i++) {
                if (i == 11) {
                    server.kill();
                }
                waitUntil(() -> asksAnother(page, given) || isAway(page));
                if (isAway(page)) {
                    assertThat(page.locator(".unsent").textContent().strip()).endsWith(" unsent");
                    screenshot(page, "light-away");
                    server = Child.run(Served.class, home.toString(), String.valueOf(port));
                    server.expectLine();
                    restarts++;
                }
                String prompt = expectQuestion(page, given);
                given.put(prompt, CHOICES.get(i % KEYS.length()));
                String key = KEYS.substring(i % KEYS.length(), i % KEYS.length() + 1);
                page.keyboard().press(key);
                if (key.equals("x")) {
                    page.keyboard().press("x"); // for no reason
                }
            }
            page.waitForSelector("text=All done. Thank you, ann.");
            waitUntil(() -> page.locator(".unsent").count() == 0);
            assertThat(restarts).isEqualTo(1);
        } finally {
            server.kill();
            page.context().close();
        }
        expectEachOnce(home, given);
    }

    /** The prompt on the screen, once it is a new one and old enough to be answered. */
    private static String expectQuestion(Page page, Map<String, Choice> answered) {
        waitUntil(() -> asksAnother(page, answered));
        page.waitForTimeout(300);
        return page.locator(".turn.last p").textContent();
    }

    private static boolean asksAnother(Page page, Map<String, Choice> answered) {
        Locator prompt = page.locator(".turn.last p");
        return prompt.count() == 1 && !answered.containsKey(prompt.textContent());
    }

    private static boolean isAway(Page page) {
        return page.locator("text=The server is away").isVisible();
    }

    private static void expectEachOnce(Path home, Map<String, Choice> given) {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            assertThat(store.preferences()).hasSize(30);
            assertThat(store.preferences()).extracting(Preference::comparison).doesNotHaveDuplicates();
            for (Preference preference : store.preferences()) {
                String prompt = store.findComparison(preference.comparison())
                        .orElseThrow()
                        .prompt()
                        .text();
                assertThat(preference.answer())
                        .as(prompt)
                        .isEqualTo(Objects.requireNonNull(given.get(prompt)).answer(preference.secondOnLeft()));
                assertThat(preference.shownMs()).isBetween(250L, 60_000L);
            }
        }
    }

    @Test
    void backspaceShowsTheLastQuestionAgainToCorrectOrKeep(@TempDir Path home) {
        served(home, Served.comparisons(3), (store, page) -> {
            begin(page, "ann");
            String first = answer(page, "1");
            answer(page, "6");
            waitUntil(() -> store.preferences().size() == 2);

            page.keyboard().press("Backspace");
            page.keyboard().press("Backspace");
            page.waitForSelector("text=You said A much better");
            assertThat(answer(page, "4")).isEqualTo(first);
            waitUntil(() -> store.preferences().stream().anyMatch(p -> p.answer() == Answer.TIE));
            assertThat(store.preferences()).hasSize(2);

            page.keyboard().press("Backspace");
            page.waitForSelector("text=You said B better");
            page.waitForTimeout(300);
            page.keyboard().press("Enter");
            page.waitForSelector(
                    ".reopened", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
            answer(page, "7");
            waitUntil(() -> store.preferences().size() == 3);
            assertThat(store.preferences())
                    .filteredOn(p -> p.replaces() != null)
                    .hasSize(1);
        });
    }

    @Test
    void aHeldKeyOrOnePressedTooSoonAnswersNothing(@TempDir Path home) {
        served(home, Served.comparisons(6), (store, page) -> {
            begin(page, "x1 Ann"); // typed in a field, its letters are no answers
            page.waitForSelector(".answer");
            page.waitForTimeout(300);
            for (int i = 0; i < 6; i++) {
                page.keyboard().down("1"); // from the second on, as a held key repeats
                page.waitForTimeout(120);
            }
            page.keyboard().up("1");
            waitUntil(() -> store.preferences().size() == 1);
            page.locator("button.choice").first().focus();
            for (int i = 0; i < 6; i++) {
                page.keyboard().down("Enter");
                page.waitForTimeout(120);
            }
            page.keyboard().up("Enter");
            waitUntil(() -> store.preferences().size() == 2);
            answer(page, "2");
            page.keyboard().press("2");
            page.waitForTimeout(500);
            assertThat(store.preferences()).hasSize(3);
            assertThat(store.preferences()).extracting(Preference::labeler).containsOnly("x1 Ann");
        });
    }

    @Test
    void whatIsUnsentSurvivesAReload(@TempDir Path home) {
        served(home, Served.comparisons(3), (store, page) -> {
            begin(page, "ann");
            page.waitForSelector(".answer");
            page.route("**/api/preferences", route -> route.abort());
            answer(page, "3");
            answer(page, "5");
            assertThat(page.locator(".unsent").textContent().strip()).isEqualTo("2 unsent");
            page.reload();
            page.waitForSelector(".unsent");
            assertThat(store.preferences()).isEmpty();
            page.unroute("**/api/preferences");
            answer(page, "4");
            waitUntil(() -> store.preferences().size() == 3);
        });
    }

    @Test
    void aLabelerAddsReasonsACommentAFlagAndABetterAnswer(@TempDir Path home) {
        served(home, Served.comparisons(3), (store, page) -> {
            store.campaigns()
                    .addGuideline(
                            1,
                            "# Be fair\n\nPrefer what is **true**.\n\n- kind\n- <img src=x onerror=window.__x=1>",
                            "lea",
                            Instant.now());
            begin(page, "ann");
            page.waitForSelector(".guide b:has-text('true')");
            assertThat(page.locator(".guide li").count()).isEqualTo(2);
            page.waitForTimeout(300);
            page.keyboard().press("c");
            page.keyboard().type("1 2 x: words, not answers");
            page.keyboard().press("Escape");
            page.keyboard().press("f");
            page.click("text=kinder");
            page.reload();
            page.waitForSelector(".answer");
            assertThat(page.inputValue("#comment"))
                    .as("a draft outlives a reload")
                    .isEqualTo("1 2 x: words, not answers");
            page.keyboard().press("d");
            assertThat(page.locator(".answer mark").count()).isPositive();
            screenshot(page, "light-notes");
            page.keyboard().press("e");
            page.click("text=Begin with A");
            page.fill("#better", "A better answer than both.");
            page.keyboard().press("Control+Enter");
            waitUntil(() -> store.demonstrations().size() == 1);
            answer(page, "6");
            waitUntil(() -> store.preferences().size() == 1);
            Preference stored = store.preferences().get(0);
            assertThat(stored.note()).isEqualTo(new Note("1 2 x: words, not answers", List.of("kinder"), true));
            assertThat(stored.asked().guideline()).isEqualTo(1);
            assertThat(store.demonstrations().get(0).text()).isEqualTo("A better answer than both.");
            assertThat(page.inputValue("#comment")).as("the next has its own").isEmpty();
            answer(page, "x");
            page.keyboard().press("1");
            waitUntil(() -> store.preferences().size() == 2);
            assertThat(store.preferences().get(1).note().reasons()).containsExactly("unclear prompt");
            page.locator(".rail button").first().click();
            page.waitForSelector("text=You said B better");
            assertThat(page.inputValue("#comment")).isEqualTo("1 2 x: words, not answers");
            assertThat(page.evaluate("String(window.__x)")).isEqualTo("undefined");
        });
    }

    @Test
    void newComparisonsAppearByThemselves(@TempDir Path home) {
        served(home, List.of(), (store, page) -> {
            begin(page, "ann");
            page.waitForSelector("text=Nothing to label now");
            store.addComparisons(Served.comparisons(1));
            page.waitForSelector(".answer");
        });
    }

    @Test
    void whateverAModelOrAPersonWritesStaysText(@TempDir Path home) {
        List<String> payloads = List.of(
                "<script>window.__x = 1</script>",
                "<img src=x onerror=\"window.__x = 1\">",
                "<svg/onload=window.__x=1>",
                "\"><iframe srcdoc=\"<script>parent.__x=1</script>\"></iframe>",
                "javascript:window.__x=1",
                "<a href=\"javascript:window.__x=1\" style=\"position:fixed;inset:0\">all of it</a>",
                "</p></article><style>*{display:none}</style>",
                "${window.__x=1} {{constructor.constructor('window.__x=1')()}}",
                "<link rel=stylesheet href=http://canary.example/x.css>",
                "</script><script src=http://canary.example/x.js></script>");
        List<Comparison> hostile = new ArrayList<>();
        for (String payload : payloads) {
            hostile.add(new Comparison(
                    0,
                    1,
                    Prompt.ofText("Prompt " + payload, "", Split.TRAIN),
                    new Completion("One " + payload, "a", true),
                    new Completion("Two " + payload, "b", true),
                    0));
        }
        served(home, hostile, (store, page) -> {
            List<String> elsewhere = new ArrayList<>();
            AtomicInteger dialogs = new AtomicInteger();
            page.onRequest(request -> {
                if (!request.url().startsWith("http://127.0.0.1:")) {
                    elsewhere.add(request.url());
                }
            });
            page.onDialog(dialog -> {
                dialogs.incrementAndGet();
                dialog.dismiss();
            });
            begin(page, "<img src=x onerror=window.__x=1>");
            for (int i = 0; i < payloads.size(); i++) {
                assertThat(answer(page, "1")).startsWith("Prompt ").containsAnyOf("<", "javascript:", "${");
            }
            page.waitForSelector("text=All done. Thank you, <img src=x onerror=window.__x=1>.");
            assertThat(page.evaluate("String(window.__x)")).isEqualTo("undefined");
            assertThat(page.locator("main img, main script, main iframe, main style")
                            .count())
                    .isZero();
            assertThat(elsewhere).isEmpty();
            assertThat(dialogs).hasValue(0);
        });
    }

    @Test
    void hasNoAccessibilityViolationsInEitherTheme(@TempDir Path home) {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT);
            Path folder = home.resolve(name);
            served(folder, Served.comparisons(3), chromium.page(theme, 1280, 800), (store, page) -> {
                page.waitForSelector("#name");
                Chromium.expectAccessible(page, name + "-start");
                begin(page, "Ann");
                page.waitForSelector(".answer");
                Chromium.expectAccessible(page, name + "-label");
                answer(page, "2");
                page.keyboard().press("Backspace");
                page.waitForSelector(".reopened");
                Chromium.expectAccessible(page, name + "-undo");
                page.keyboard().press("?");
                page.waitForSelector("dialog[open]");
                Chromium.expectAccessible(page, name + "-help");
                page.keyboard().press("Escape");
                waitUntil(() -> page.locator("dialog[open]").count() == 0);
                page.keyboard().press("Escape");
                waitUntil(() -> page.locator(".reopened").count() == 0);
                answer(page, "5");
                answer(page, "x");
                page.waitForSelector(".skipping");
                Chromium.expectAccessible(page, name + "-skip");
                page.keyboard().press("3");
                page.waitForSelector("text=All done");
                Chromium.expectAccessible(page, name + "-done");
            });
        }
    }

    @Test
    void isUsableOnAPhoneAndZoomedIn(@TempDir Path home) {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT) + "-phone";
            served(home.resolve(name), Served.comparisons(4), chromium.phone(theme), (store, page) -> {
                begin(page, "Ann");
                page.waitForSelector(".answer");
                page.waitForTimeout(350);
                page.locator("button.choice").nth(1).tap();
                waitUntil(() -> store.preferences().size() == 1);
                page.waitForTimeout(350);
                screenshot(page, name);
                expectFits(page);
            });
        }
        served(
                home.resolve("zoom"),
                Served.comparisons(1),
                chromium.page(ColorScheme.LIGHT, 640, 400),
                (store, page) -> {
                    begin(page, "Ann");
                    page.waitForSelector(".answer");
                    screenshot(page, "light-zoom-200");
                    expectFits(page);
                    page.setViewportSize(320, 640);
                    expectFits(page);
                });
    }

    @Test
    void theThemeIsToggledAndRemembered(@TempDir Path home) {
        served(home, Served.comparisons(1), (store, page) -> {
            begin(page, "ann");
            page.waitForSelector(".answer");
            page.keyboard().press("t");
            assertThat(page.getAttribute("html", "data-theme")).isEqualTo("dark");
            page.reload();
            page.waitForSelector(".answer");
            assertThat(page.getAttribute("html", "data-theme")).isEqualTo("dark");
        });
    }

    /** Answers the question on the screen. @return its prompt */
    private static String answer(Page page, String key) {
        page.waitForSelector(".answer");
        page.waitForTimeout(300);
        String prompt = page.locator(".turn.last p").textContent();
        page.keyboard().press(key);
        return prompt;
    }

    private static void begin(Page page, String name) {
        page.waitForSelector("#name");
        page.keyboard().type(name);
        page.keyboard().press("Enter");
    }

    private static void served(Path home, List<Comparison> comparisons, Visit visit) {
        served(home, comparisons, chromium.page(ColorScheme.LIGHT, 1280, 800), visit);
    }

    private static void served(Path home, List<Comparison> comparisons, Page page, Visit visit) {
        Visiting.served(home, store -> store.addComparisons(comparisons), page, visit);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
