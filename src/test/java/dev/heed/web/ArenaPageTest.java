package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Battle;
import dev.heed.feedback.Battle.Vote;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Role;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import dev.heed.run.RunDir;
import dev.heed.serve.Home;
import dev.heed.serve.Host;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The arena in a real browser, before real models that know nothing. */
class ArenaPageTest {
    private static final String PAYLOAD = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

    /** Log-odds, and characters, of models that are spoken of. */
    private static final Map<String, double[]> KNOWN = Map.of(
            "base", new double[] {-.9, 140},
            "sft", new double[] {-.2, 90},
            "dpo-1", new double[] {.5, 150},
            "ppo-2", new double[] {.6, 70});

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    private static Host host;
    private FeedbackStore store;
    private WebServer server;

    @BeforeAll
    static void make(@TempDir Path home) {
        Home.make(home);
        try (Tokenizer tokenizer = Tokenizer.load(RunDir.at(home, "tokenizer").model())) {
            Home.write(home, "sft", tokenizer, 11);
            Home.write(home, "ppo-2", tokenizer, 12);
        }
        host = new Host(home, () -> Home.TORCH, () -> 1L << 40);
    }

    @AfterAll
    static void putAway() {
        host.close();
    }

    @BeforeEach
    void start(@TempDir Path home) {
        store = FeedbackStore.open(home);
        store.addPrompts(List.of(Prompt.ofText("Where does the owl sleep?", "fact", Split.HELD_OUT)));
        server = WebServer.start(
                store, new WebServer.Config("127.0.0.1", 0, home, 1, new WebServer.Entry(false, null), null), host);
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private Page page(Role role, ColorScheme theme, int width) {
        String token = Secrets.random();
        String name = role + " " + token.substring(0, 8);
        long id = store.people().add(name, role, null, Instant.now()).id();
        store.people().addToken(Secrets.digest(token), id, "test", Instant.now());
        Page page = width < 500 ? chromium.phone(theme) : chromium.page(theme, width, 900);
        page.setExtraHTTPHeaders(Map.of("Authorization", "Bearer " + token));
        page.navigate(server.url() + "/arena");
        page.waitForSelector("h1:has-text('Arena')");
        return page;
    }

    @Test
    void aPersonAsksVotesByKeyboardAndThenSeesTheNames() {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT);
            long before = store.arena().votes();
            Page page = page(Role.LABELER, theme, 1280);
            page.waitForSelector("#prompt");
            assertThat(page.locator(".pair").count())
                    .as("a labeler does not say who meets")
                    .isZero();
            Chromium.expectAccessible(page, name + "-arena");
            page.fill("#prompt", PAYLOAD);
            page.press("#prompt", "Enter");
            page.waitForSelector(".votes");
            assertThat(page.locator(".turn.last p").textContent()).isEqualTo(PAYLOAD);
            assertThat(page.evaluate("window.hacked")).as("a prompt is text").isNull();
            assertThat(page.locator(".name-of").count()).isZero();
            Chromium.expectAccessible(page, name + "-arena-blind");
            String first = page.locator(".answer.a > p").textContent();
            page.reload();
            page.waitForSelector(".votes");
            assertThat(page.locator(".answer.a > p").textContent())
                    .as("the battle waits for its vote")
                    .isEqualTo(first);
            page.waitForTimeout(300);
            page.keyboard().press("ArrowLeft");
            page.waitForSelector(".name-of");
            assertThat(store.arena().votes()).isEqualTo(before + 1);
            Battle.Decided decided = store.arena().decided().get((int) before);
            assertThat(decided.vote()).isEqualTo(Vote.FIRST);
            assertThat(page.locator(".name-of").allTextContents()).containsExactly(decided.first(), decided.second());
            assertThat(page.locator("[role=status]").textContent())
                    .isEqualTo("A was %s, B was %s.".formatted(decided.first(), decided.second()));
            Chromium.expectAccessible(page, name + "-arena-revealed");
            page.keyboard().press("0"); // no second vote
            page.keyboard().press("r");
            page.waitForSelector(".votes");
            assertThat(page.locator(".turn.last p").textContent()).isEqualTo(PAYLOAD);
            page.keyboard().press("n");
            page.waitForSelector("#prompt");
            page.click("text=A held-out prompt");
            page.waitForSelector(".votes");
            assertThat(page.locator(".turn.last p").textContent()).isEqualTo("Where does the owl sleep?");
            assertThat(store.arena().votes()).isEqualTo(before + 1);
            page.context().close();
        }
    }

    /** Votes as people give who like what is good, and what is long. */
    private void vote(int votes) {
        List<String> names = KNOWN.keySet().stream().sorted().toList();
        for (int i = 0; i < votes; i++) {
            SplittableRandom random = Draws.of(4, "votes", i);
            String first = names.get(random.nextInt(4));
            String second = names.get((names.indexOf(first) + 1 + random.nextInt(3)) % 4);
            String one = "a".repeat((int) (known(first)[1] * (.5 + random.nextDouble())));
            String other = "b".repeat((int) (known(second)[1] * (.5 + random.nextDouble())));
            double odds = known(first)[0]
                    - known(second)[0]
                    + 2.0 * (one.length() - other.length()) / (one.length() + other.length());
            Vote vote = random.nextDouble() < .1
                    ? Vote.TIE
                    : random.nextDouble() < 1 / (1 + Math.exp(-odds)) ? Vote.FIRST : Vote.SECOND;
            store.arena().vote(met(first, one, second, other), vote, Instant.now());
        }
    }

    private static double[] known(String name) {
        return KNOWN.getOrDefault(name, new double[2]);
    }

    private Battle met(String first, String one, String second, String other) {
        Battle battle = new Battle(
                UUID.randomUUID(),
                List.of(Message.user("?")),
                new Completion(one, first, true),
                new Completion(other, second, true),
                "somebody",
                Instant.now());
        store.arena().add(battle);
        return battle;
    }

    @Test
    void theTableShowsWhatIsKnownAndWhatIsNot() {
        vote(240);
        store.arena().vote(met("<b>new</b>", "c", "base", "d"), Vote.FIRST, Instant.now());
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            Page page = page(Role.VIEWER, theme, 1280);
            page.waitForSelector("table");
            assertThat(page.locator("#prompt").count())
                    .as("a viewer does not vote")
                    .isZero();
            Locator rows = page.locator("[aria-label=Leaderboard] tbody tr");
            assertThat(rows.locator("th").allTextContents())
                    .containsExactlyInAnyOrder(
                            "ppo-2",
                            "dpo-1 not here any more",
                            "sft",
                            "base not here any more",
                            "writer",
                            "<b>new</b> not here any more");
            assertThat(rows.filter(new Locator.FilterOptions().setHasText("<b>new</b>"))
                            .locator(".why")
                            .textContent())
                    .isEqualTo("it has not lost yet, so no finite rating fits");
            assertThat(page.locator("svg.interval").count()).isEqualTo(4);
            Chromium.expectAccessible(page, theme.name().toLowerCase(Locale.ROOT) + "-leaderboard");
            page.context().close();
        }
        Page phone = page(Role.LABELER, ColorScheme.LIGHT, 375);
        phone.waitForSelector("table");
        phone.fill("#prompt", "Where does the fox live?");
        phone.click("text=Ask two models");
        phone.waitForSelector(".votes");
        Chromium.expectAccessible(phone, "phone-arena");
        assertThat(phone.evaluate("document.documentElement.scrollWidth"))
                .as("nothing hangs over the edge")
                .isEqualTo(375);
        phone.context().close();
    }

    @Test
    void aLeadSaysWhoMeets() {
        Page page = page(Role.LEAD, ColorScheme.LIGHT, 1280);
        page.waitForSelector(".pair");
        page.locator(".pair select").first().selectOption("sft");
        page.locator(".pair select").last().selectOption("writer");
        page.fill("#prompt", "Who are you?");
        Chromium.expectAccessible(page, "light-arena-lead");
        page.click("text=Ask two models");
        page.waitForSelector(".votes");
        page.waitForTimeout(300);
        page.click(".votes .choice.b");
        page.waitForSelector(".name-of");
        assertThat(page.locator(".name-of").allTextContents()).containsExactlyInAnyOrder("sft", "writer");
        page.context().close();
    }

    @Test
    void aHomeWithoutModelsSaysHowToGetSome(@TempDir Path empty) {
        try (FeedbackStore other = FeedbackStore.open(empty);
                WebServer bare = WebServer.start(other, new WebServer.Config("127.0.0.1", 0, empty))) {
            Page page = chromium.page(ColorScheme.LIGHT, 1280, 800);
            page.navigate(bare.url() + "/arena");
            page.fill("#name", "lea");
            page.keyboard().press("Enter");
            page.waitForSelector("text=There is no model here yet; an arena needs two.");
            Chromium.expectAccessible(page, "light-arena-empty");
            page.context().close();
        }
    }
}
