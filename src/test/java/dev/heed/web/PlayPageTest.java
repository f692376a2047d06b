package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.RunDir;
import dev.heed.serve.Home;
import dev.heed.serve.Host;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Talking with models in a real browser: they know nothing, and say much. */
class PlayPageTest {
    private static final String SECOND = "writer-2";

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path home;

    private final List<String> complaints = new ArrayList<>();

    private void served(BiConsumer<WebServer, FeedbackStore> test) {
        Home.make(home);
        try (Tokenizer tokenizer = Tokenizer.load(RunDir.at(home, Home.WRITER).model())) {
            Home.write(home, SECOND, tokenizer, 7);
        }
        try (FeedbackStore store = FeedbackStore.open(home);
                Host host = new Host(home, () -> Home.TORCH, () -> 1L << 40);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home), host)) {
            test.accept(server, store);
        }
        assertThat(complaints).isEmpty();
    }

    private Page page(WebServer server, ColorScheme theme, String address) {
        return entered(chromium.page(theme, 1280, 900), server, address);
    }

    private Page entered(Page page, WebServer server, String address) {
        page.onPageError(complaints::add);
        page.navigate(server.url() + "/play" + address);
        page.fill("#name", "Ada");
        page.keyboard().press("Enter");
        page.waitForSelector("h1:has-text('Talk')");
        // their context is short, and untrained models may say nothing: a seed draws the same each time
        page.evaluate("localStorage.setItem('heed.play', '{\"max_tokens\": 32, \"seed\": \"5\"}')");
        page.reload();
        page.waitForSelector("h1:has-text('Talk')");
        return page;
    }

    private static void say(Page page, String text) {
        page.fill(".composer textarea", text);
        page.keyboard().press("Enter");
    }

    private static void awaitAnswers(Page page) {
        page.waitForSelector("text=Begin anew");
    }

    @Test
    void twoModelsAnswerBesideEachOtherWithTheirScores() {
        served((server, store) -> {
            Page page = page(server, ColorScheme.LIGHT, "#model=writer&beside=" + SECOND);
            Chromium.expectAccessible(page, "light-play-empty");
            say(page, "What does <b>the heron</b> guard?\nSay it kindly.");
            awaitAnswers(page);
            page.waitForFunction("() => document.querySelectorAll('.measures b').length === 2");
            assertThat(page.locator(".answer h2").allTextContents()).containsExactly(Home.WRITER, SECOND);
            assertThat(page.locator(".answer .said").allTextContents()).allMatch(text -> text.length() > 5);
            assertThat(page.locator(".answer.best").count())
                    .as("the better by score")
                    .isEqualTo(1);
            assertThat(page.locator("main b:has-text('heron')").count())
                    .as("what was said is text")
                    .isZero();
            assertThat(page.locator(".measures").first().textContent())
                    .matches("(?s).*score −?\\d+\\.\\d\\d.*\\d+ tokens? in \\d.*");
            Chromium.expectAccessible(page, "light-play");
            say(page, "And who else?");
            page.waitForFunction("() => document.querySelectorAll('.exchange').length === 2");
            awaitAnswers(page);
            assertThat(page.locator(".answer").count()).isEqualTo(4);
            page.keyboard().press("Escape");
            page.context().close();
            Page phone = entered(chromium.phone(ColorScheme.DARK), server, "#beside=" + SECOND);
            say(phone, "Good day");
            awaitAnswers(phone);
            assertThat(phone.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .as("nothing is wider than a phone")
                    .isEqualTo(true);
            Chromium.expectAccessible(phone, "phone-dark-play");
            phone.context().close();
        });
    }

    @Test
    void aBadAnswerBecomesAPromptOfTheNextRoundOnce() {
        served((server, store) -> {
            Page page = page(server, ColorScheme.DARK, "#model=writer");
            say(page, "Who guards the gate?");
            awaitAnswers(page);
            page.click("text=A bad answer: ask people");
            page.waitForSelector("text=The next round asks it.");
            assertThat(store.prompts(Split.TRAIN))
                    .singleElement()
                    .satisfies(prompt -> assertThat(prompt.kind()).isEqualTo(Prompt.WANTED))
                    .satisfies(prompt -> assertThat(prompt.text()).isEqualTo("Who guards the gate?"));
            Chromium.expectAccessible(page, "dark-play");
            page.click("text=Answer again");
            awaitAnswers(page);
            page.click("text=A bad answer: ask people");
            page.waitForSelector("text=It is among the prompts already.");
            assertThat(store.prompts(Split.TRAIN)).hasSize(1);
            page.context().close();
        });
    }

    @Test
    void aSeedAnswersTheSameAndWhatIsTooLongIsSaidInALine() {
        served((server, store) -> {
            Page page = page(server, ColorScheme.LIGHT, "#model=writer");
            page.click("summary");
            page.fill("#seed", "5");
            page.fill("#max_tokens", "24");
            say(page, "Once upon a time");
            awaitAnswers(page);
            String first = page.textContent(".said");
            page.click("text=Begin anew");
            say(page, "Once upon a time");
            awaitAnswers(page);
            assertThat(page.textContent(".said")).isEqualTo(first);
            page.fill("#max_tokens", "4000");
            say(page, "And then?");
            page.waitForSelector(".answer .wrong");
            assertThat(page.textContent(".answer .wrong"))
                    .contains("exceed the model's context of 160; ask for at most");
            page.context().close();
        });
    }

    @Test
    void aServerWithoutModelsSaysHowToGetSome() {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
            Page page = page(server, ColorScheme.LIGHT, "");
            page.waitForSelector("text=No model here writes yet");
            Chromium.expectAccessible(page, "light-play-none");
            page.context().close();
        }
    }

    @Test
    void onlyWhatPeopleMayBeAskedIsTaken() {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
            store.addPrompts(List.of(Prompt.ofText("held", "fact", Split.HELD_OUT)));
            Browserless lead = new Browserless(server.url());
            lead.post("/api/session", Map.of("name", "Ada"));
            assertThat(want(lead, "user", "held").json().path("outcome").asText())
                    .isEqualTo("held_out");
            assertThat(want(lead, "assistant", "held").body()).contains("messages must end with one of the user's");
            assertThat(want(lead, "user", " ").status()).isEqualTo(400);
            assertThat(want(lead, "user", "a".repeat(20_001)).body())
                    .contains("at most 20,000 characters together, had 20,001");
            assertThat(lead.post("/api/prompts", Map.of("messages", List.of())).status())
                    .isEqualTo(400);
            assertThat(store.prompts(Split.TRAIN)).isEmpty();
        }
    }

    private static Browserless.Said want(Browserless caller, String role, String content) {
        return caller.post("/api/prompts", Map.of("messages", List.of(Map.of("role", role, "content", content))));
    }
}
