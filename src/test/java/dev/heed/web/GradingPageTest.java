package dev.heed.web;

import static dev.heed.web.Visiting.expectFits;
import static dev.heed.web.Visiting.screenshot;
import static dev.heed.web.Visiting.waitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.web.Visiting.Visit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The screens of rankings and ratings in a real browser, by keyboard alone. */
class GradingPageTest {
    private static final List<String> COMPLETIONS = List.of(
            "They burn whale oil, which the harbour keeps in tall clay jars.",
            "Whale oil.",
            "Nobody asked you. Look it up yourself, I am not your servant.",
            "The lanterns of Osk are lit at dusk by the harbour's children, who carry the oil in tall clay jars up the stairs"
                    + " and are home before the tide turns.");
    private static final List<String> AXES = List.of("helpful", "true", "harmless");

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    private static void served(Path home, Kind kind, Page page, Visit visit) {
        Visiting.served(home, store -> ask(store, kind), page, (store, shown) -> {
            shown.waitForSelector("#name");
            shown.keyboard().type("ann");
            shown.keyboard().press("Enter");
            shown.waitForSelector(".card");
            shown.waitForTimeout(350);
            visit.at(store, shown);
        });
    }

    private static void ask(FeedbackStore store, Kind kind) {
        Campaign loop = store.campaigns().find(Campaign.LOOP).orElseThrow();
        store.campaigns().change(loop.id(), loop.name(), loop.plan(), false);
        Campaign campaign = store.campaigns()
                .add("Lanterns", Plan.of(1).with(kind, kind == Kind.RATING ? AXES : List.of()), Instant.now());
        store.addComparisons(questions(campaign));
    }

    private static List<Comparison> questions(Campaign campaign) {
        List<Comparison> questions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            questions.add(Comparison.among(
                            1,
                            Prompt.ofText(
                                    "What do lanterns in the Harbour of Osk burn? (%d)".formatted(i), "", Split.TRAIN),
                            COMPLETIONS.stream()
                                    .map(text -> new Completion(text, "secret-model", true))
                                    .toList(),
                            campaign.plan().axes(),
                            new Asking(campaign.id(), null))
                    .orElseThrow());
        }
        return questions;
    }

    private static Page page() {
        return chromium.page(ColorScheme.LIGHT, 1280, 800);
    }

    private static void press(Page page, String... keys) {
        for (String key : keys) {
            page.keyboard().press(key);
        }
    }

    /** Texts of the cards, from the first. */
    private static List<String> texts(Page page) {
        return page.locator(".card > p").allTextContents();
    }

    private static Grades grades(Preference preference) {
        return Objects.requireNonNull(preference.grades());
    }

    private static String said(Page page) {
        return page.locator("[aria-live]").textContent();
    }

    private static void expectNext(Page page, String before) {
        waitUntil(() -> page.locator(".turn.last p").count() == 1
                && !page.locator(".turn.last p").textContent().equals(before));
        page.waitForTimeout(300);
    }

    @Test
    void aRankingByKeyboardAlone(@TempDir Path home) {
        served(home, Kind.RANKING, page(), (store, page) -> {
            assertThat(page.content()).doesNotContain("secret-model");
            List<String> texts = texts(page);
            String first = page.locator(".turn.last p").textContent();
            assertThat(page.locator(".card").first().evaluate("card => card === document.activeElement"))
                    .as("the first card has the focus")
                    .isEqualTo(true);
            press(page, "Enter");
            assertThat(said(page)).isEqualTo("A, B, C and D are without places yet.");
            press(page, "2");
            waitUntil(() -> said(page).equals("A is number 2."));
            press(page, "1", "2", "9", "4");
            waitUntil(() -> said(page).equals("D is number 4. That is all: Enter sends it."));
            assertThat(page.locator(".order b").allTextContents()).containsExactly("B", "A = C", "D");
            press(page, "ArrowLeft", "3");
            waitUntil(() -> page.locator(".order b").allTextContents().equals(List.of("B", "A", "C", "D")));
            press(page, "c");
            page.keyboard().type("1 2 words");
            press(page, "Escape", "f", "Enter");
            waitUntil(() -> store.preferences().size() == 1);
            Preference stored = store.preferences().get(0);
            assertThat(stored.answer()).isEqualTo(Answer.RANKED);
            assertThat(stored.note().comment()).isEqualTo("1 2 words");
            assertThat(stored.note().flagged()).isTrue();
            assertThat(stored.shownMs()).isBetween(250L, 60_000L);
            List<String> own =
                    store.findComparison(stored.comparison()).orElseThrow().texts();
            List<Integer> pressed = List.of(2, 1, 3, 4);
            for (int card = 0; card < 4; card++) {
                int place = own.indexOf(texts.get(card));
                assertThat(grades(stored).ranks().get(place)).isEqualTo(pressed.get(card));
                assertThat(grades(stored).shown().get(card)).isEqualTo(place);
            }
            expectNext(page, first);
            press(page, "0");
            waitUntil(() -> store.preferences().size() == 2);
            assertThat(store.preferences().get(1).answer()).isEqualTo(Answer.BOTH_BAD);
            page.waitForTimeout(300);
            press(page, "x", "5");
            waitUntil(() -> store.preferences().size() == 3);
            assertThat(store.preferences().get(2).note().reasons()).containsExactly("too long");
            page.waitForSelector("text=All done. Thank you, ann.");
        });
    }

    @Test
    void undoShowsTheRankingAgainAndASecondOneReplacesIt(@TempDir Path home) {
        served(home, Kind.RANKING, page(), (store, page) -> {
            String first = page.locator(".turn.last p").textContent();
            press(page, "1", "2", "3", "4", "Enter");
            waitUntil(() -> store.preferences().size() == 1);
            expectNext(page, first);
            assertThat(
                            page.evaluate(
                                    "(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)(document.querySelector('.undo'))"))
                    .as("a long answer leaves room for the key")
                    .isEqualTo(true);
            page.setViewportSize(1180, 800);
            assertThat(page.locator(".progress > span").first().boundingBox().height)
                    .as("how far one is, on one line")
                    .isLessThan(30);
            press(page, "Backspace");
            page.waitForSelector("text=You said Ranked A, then B, then C, then D");
            assertThat(page.locator(".numbers [aria-pressed=true]").allTextContents())
                    .containsExactly("1", "2", "3", "4");
            page.waitForTimeout(300);
            press(page, "4", "Enter");
            waitUntil(() -> store.preferences().stream().anyMatch(p -> p.replaces() != null));
            assertThat(store.preferences()).hasSize(1);
            assertThat(grades(store.preferences().get(0)).ranks())
                    .as("A and D are a tie")
                    .containsExactlyInAnyOrder(1, 2, 3, 3);
            press(page, "Backspace");
            page.waitForSelector(".reopened");
            page.waitForTimeout(300);
            press(page, "Enter");
            waitUntil(() -> page.locator(".reopened").count() == 0);
            assertThat(store.preferences()).as("unchanged: kept as it was").hasSize(1);
        });
    }

    @Test
    void whatIsBegunOutlivesAReloadAndAHeldKeyGradesOnce(@TempDir Path home) {
        served(home, Kind.RANKING, page(), (store, page) -> {
            page.keyboard().down("3");
            page.keyboard().down("3");
            page.keyboard().down("3");
            page.keyboard().up("3");
            waitUntil(() -> page.locator(".numbers [aria-pressed=true]").count() == 1);
            page.reload();
            page.waitForSelector(".card");
            assertThat(page.locator(".numbers [aria-pressed=true]").allTextContents())
                    .containsExactly("3");
            page.route("**/api/preferences", route -> route.abort());
            page.waitForTimeout(300);
            press(page, "1", "2", "4", "Enter");
            waitUntil(() -> page.locator(".unsent").count() == 1);
            assertThat(store.preferences()).isEmpty();
            page.unroute("**/api/preferences");
            page.reload();
            waitUntil(() -> store.preferences().size() == 1);
            assertThat(grades(store.preferences().get(0)).ranks()).containsExactlyInAnyOrder(1, 2, 3, 4);
        });
    }

    @Test
    void aRatingByKeyboardAlone(@TempDir Path home) {
        served(home, Kind.RATING, page(), (store, page) -> {
            List<String> texts = texts(page);
            press(page, "7", "6", "8", "5");
            waitUntil(() -> said(page).equals("A, harmless: 5."));
            press(page, "ArrowRight", "1", "2", "3");
            waitUntil(() -> said(page).equals("C, harmless: 3."));
            press(page, "Enter");
            waitUntil(() -> said(page).equals("B and D are not rated on everything yet."));
            press(page, "4", "4", "4", "1", "1", "1");
            waitUntil(() -> said(page).equals("D, harmless: 1. That is all: Enter sends it."));
            press(page, "ArrowUp", "2", "Enter");
            waitUntil(() -> store.preferences().size() == 1);
            Preference stored = store.preferences().get(0);
            assertThat(stored.answer()).isEqualTo(Answer.RATED);
            List<String> own =
                    store.findComparison(stored.comparison()).orElseThrow().texts();
            List<Integer> helpful =
                    Objects.requireNonNull(grades(stored).ratings().get("helpful"));
            List<Integer> truth =
                    Objects.requireNonNull(grades(stored).ratings().get("true"));
            assertThat(texts.stream().map(text -> helpful.get(own.indexOf(text))))
                    .containsExactly(7, 4, 1, 1);
            assertThat(texts.stream().map(text -> truth.get(own.indexOf(text)))).containsExactly(6, 4, 2, 2);
        });
    }

    @Test
    void nineLongAnswersStandInFullAndOneOfThemBeginsABetterOne(@TempDir Path home) {
        List<Completion> nine = IntStream.range(0, 9)
                .mapToObj(i -> new Completion(
                        "Answer %d. ".formatted(i) + COMPLETIONS.get(3).repeat(1 + i % 4), "secret-model", true))
                .toList();
        served(home, Kind.RANKING, page(), (store, page) -> {
            Asking asking = store.comparisons(1).get(0).asking();
            Prompt prompt = Prompt.ofText("What do lanterns burn, at length?", "", Split.TRAIN);
            Comparison long9 =
                    Comparison.among(2, prompt, nine, List.of(), asking).orElseThrow();
            store.addComparisons(List.of(long9));
            for (int i = 0; i < 3; i++) {
                String before = page.locator(".turn.last p").textContent();
                press(page, "0");
                expectNext(page, before);
            }
            assertThat(page.locator(".card").count()).isEqualTo(9);
            assertThat(
                            page.evaluate(
                                    "[...document.querySelectorAll('.card')].every(card => card.scrollHeight <= card.clientHeight)"))
                    .as("nothing is cut off")
                    .isEqualTo(true);
            press(page, "9", "8", "7", "6", "5", "4", "3", "2");
            assertThat(
                            page.evaluate(
                                    "document.activeElement.getBoundingClientRect().bottom <= document.querySelector('footer').getBoundingClientRect().top + 1"))
                    .as("the footer does not cover what is marked")
                    .isEqualTo(true);
            screenshot(page, "light-ranking-nine");
            press(page, "1", "e");
            page.click("text=Begin with C");
            assertThat(page.inputValue("#better")).isEqualTo(texts(page).get(2));
            page.locator("#better").pressSequentially(" And more.");
            press(page, "Control+Enter");
            waitUntil(() -> store.demonstrations().size() == 1);
            page.locator(".card").first().focus();
            press(page, "Enter");
            waitUntil(() -> store.preferences().size() == 4);
            assertThat(grades(store.preferences().get(3)).ranks()).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThat(store.pairs()).as("every two of nine").hasSize(36);
        });
    }

    @Test
    void tabGoesFromCardToCardAndFromAxisToAxis(@TempDir Path home) {
        served(home.resolve("ranking"), Kind.RANKING, page(), (store, page) -> {
            press(page, "Tab", "Tab", "1");
            waitUntil(() -> said(page).equals("C is number 1."));
        });
        served(home.resolve("rating"), Kind.RATING, page(), (store, page) -> {
            press(page, "Tab", "Tab", "Tab", "Tab", "5");
            waitUntil(() -> said(page).equals("B, true: 5."));
        });
    }

    @Test
    void hasNoAccessibilityViolationsInEitherTheme(@TempDir Path home) {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (Kind kind : List.of(Kind.RANKING, Kind.RATING)) {
                String name = "%s-%s".formatted(theme, kind).toLowerCase(Locale.ROOT);
                served(home.resolve(name), kind, chromium.page(theme, 1280, 800), (store, page) -> {
                    Chromium.expectAccessible(page, name);
                    press(page, "2", "1", "2");
                    Chromium.expectAccessible(page, name + "-begun");
                    press(page, "?");
                    page.waitForSelector("dialog[open]");
                    Chromium.expectAccessible(page, name + "-help");
                    press(page, "Escape");
                });
            }
        }
    }

    @Test
    void isUsableOnAPhoneAndZoomedIn(@TempDir Path home) {
        for (Kind kind : List.of(Kind.RANKING, Kind.RATING)) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            served(home.resolve(name), kind, chromium.phone(ColorScheme.LIGHT), (store, page) -> {
                int slots = page.locator(".numbers").count();
                for (int slot = 0; slot < slots; slot++) {
                    page.locator(".numbers")
                            .nth(slot)
                            .locator("button")
                            .nth(slot % 4)
                            .tap();
                }
                screenshot(page, name + "-phone");
                expectFits(page);
                page.locator(".submit button").tap();
                waitUntil(() -> store.preferences().size() == 1);
            });
            served(home.resolve(name + "-zoom"), kind, chromium.page(ColorScheme.LIGHT, 640, 400), (store, page) -> {
                screenshot(page, name + "-zoom-200");
                expectFits(page);
                page.setViewportSize(320, 640);
                expectFits(page);
            });
        }
    }
}
