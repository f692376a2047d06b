package dev.heed.web;

import static dev.heed.web.Visiting.screenshot;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Demonstration;
import dev.heed.feedback.Preference;
import dev.heed.web.Visiting.Visit;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a working day does to a page: networks and sessions end, people open two tabs and share a browser. Nothing is lost. */
class WorkingDayPageTest {
    private static final String ANSWERS = "**/api/preferences";

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path home;

    private void served(int comparisons, Visit visit) {
        Visiting.served(
                home,
                store -> store.addComparisons(Served.comparisons(comparisons)),
                chromium.page(ColorScheme.LIGHT, 1280, 800),
                visit);
    }

    private static void signIn(Page page, String name) {
        page.waitForSelector("#name:visible");
        page.fill("#name", name);
        page.keyboard().press("Enter");
        page.waitForSelector(".answer:visible, .empty:visible");
    }

    private static String question(Page page) {
        return page.locator(".turn.last p:visible").textContent();
    }

    /** Answers the question on the screen, and waits for another. @return its prompt */
    private static String answer(Page page, String key) {
        page.waitForSelector(".answer:visible");
        page.waitForTimeout(300);
        String asked = question(page);
        page.keyboard().press(key);
        page.waitForCondition(() -> page.locator(".turn.last p:visible").count() == 0
                || !question(page).equals(asked));
        return asked;
    }

    private static void expectUnsent(Page page, int count) {
        page.waitForCondition(() -> page.locator(".unsent").count() == 1
                && page.locator(".unsent").textContent().strip().equals(count + " unsent"));
    }

    private static void expectAllSent(Page page, FeedbackStore store, int count) {
        page.waitForCondition(() -> store.preferences().size() == count);
        page.waitForCondition(() -> page.locator(".unsent").count() == 0);
        assertThat(page.locator(".notice").count()).as("what was not taken").isZero();
        assertThat(store.preferences())
                .as("each comparison once")
                .extracting(Preference::comparison)
                .doesNotHaveDuplicates();
    }

    private static int rail(Page page) {
        return page.locator(".rail button").count();
    }

    @Test
    void tenSecondsWithoutANetworkLoseNothing() {
        served(8, (store, page) -> {
            signIn(page, "ann");
            answer(page, "1");
            page.waitForCondition(() -> store.preferences().size() == 1);
            page.context().setOffline(true);
            for (int i = 1; i <= 3; i++) {
                answer(page, "2");
                expectUnsent(page, i);
            }
            page.waitForTimeout(10_000);
            expectUnsent(page, 3);
            screenshot(page, "light-offline");
            assertThat(store.preferences()).hasSize(1);
            page.context().setOffline(false);
            expectAllSent(page, store, 4);
            answer(page, "3");
            expectAllSent(page, store, 5);
        });
    }

    @Test
    void anAnswerWhoseAcknowledgementIsLostIsStoredOnce() {
        served(3, (store, page) -> {
            signIn(page, "ann");
            AtomicInteger arrived = new AtomicInteger();
            page.route(ANSWERS, route -> {
                route.fetch(); // the server has stored it
                if (arrived.incrementAndGet() <= 2) {
                    route.abort();
                } else {
                    route.resume();
                }
            });
            answer(page, "2");
            page.waitForCondition(() -> arrived.get() > 2);
            expectAllSent(page, store, 1);
        });
    }

    @Test
    void aSessionThatEndsKeepsTheDraftAndWhatIsUnsent() {
        served(4, (store, page) -> {
            signIn(page, "ann");
            page.route(ANSWERS, Route::abort);
            answer(page, "2");
            expectUnsent(page, 1);
            page.keyboard().press("c");
            page.keyboard().type("half a thought");
            String asked = question(page);
            page.context().clearCookies();
            page.unroute(ANSWERS); // the next attempt is told that nobody is signed in
            page.waitForSelector("text=Which answer is better?");
            assertThat(store.preferences()).isEmpty();
            signIn(page, "ann");
            expectAllSent(page, store, 1);
            assertThat(question(page)).isEqualTo(asked);
            assertThat(page.inputValue("#comment")).isEqualTo("half a thought");
            page.keyboard().press("Escape");
            page.locator("#comment").blur();
            answer(page, "6");
            expectAllSent(page, store, 2);
            assertThat(store.preferences().get(1).note().comment()).isEqualTo("half a thought");
        });
    }

    @Test
    void twoTabsOfOnePersonAskNothingTwiceAndShowTheSamePast() {
        served(7, (store, page) -> {
            signIn(page, "ann");
            page.waitForSelector(".answer");
            Page other = page.context().newPage();
            other.navigate(page.url());
            other.waitForSelector(".answer");
            assertThat(question(other)).isEqualTo(question(page));
            Set<String> asked = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                Page tab = i % 2 == 0 ? page : other;
                Page idle = i % 2 == 0 ? other : page;
                assertThat(asked.add(answer(tab, "2"))).as("asked once").isTrue();
                int answered = i + 1;
                idle.waitForCondition(() -> rail(idle) == answered && !asked.contains(question(idle)));
            }
            expectAllSent(page, store, 6);
            expectAllSent(other, store, 6);

            other.keyboard().press("Backspace"); // what the other tab said last can be taken back in this one
            other.waitForSelector("text=You said A better");
            other.waitForTimeout(300);
            other.keyboard().press("7");
            other.waitForCondition(
                    () -> store.preferences().stream().anyMatch(preference -> preference.replaces() != null));
            page.waitForCondition(() -> page.locator(".rail button.right_much").count() == 1);
            expectAllSent(page, store, 6);
            answer(page, "4");
            other.waitForSelector("text=All done");
            expectAllSent(other, store, 7);
        });
    }

    @Test
    void anotherPersonOnTheSameBrowserSendsNothingOfTheFirstOnes() {
        served(6, (store, page) -> {
            signIn(page, "ann");
            page.route(ANSWERS, Route::abort);
            answer(page, "1");
            answer(page, "1");
            expectUnsent(page, 2);
            page.locator("header .name").click();
            signIn(page, "bob");
            page.unroute(ANSWERS);
            assertThat(page.locator(".unsent").count())
                    .as("ann's are not bob's")
                    .isZero();
            page.waitForTimeout(4_000); // longer than ann's page would have waited to try again
            assertThat(page.locator("#name:visible").count())
                    .as("bob is still in")
                    .isZero();
            answer(page, "7");
            page.waitForCondition(() -> store.preferences().size() == 1);
            assertThat(store.preferences()).extracting(Preference::labeler).containsExactly("bob");
            page.locator("header .name").click();
            signIn(page, "ann");
            page.waitForCondition(() -> store.preferences().size() == 3);
            assertThat(store.preferences()).extracting(Preference::labeler).containsExactly("bob", "ann", "ann");
        });
    }

    @Test
    void anAnswerIsRewrittenByKeyboardAlone() {
        served(2, (store, page) -> {
            signIn(page, "ann");
            page.waitForSelector(".answer");
            String left = page.locator(".answer.a p").textContent();
            page.keyboard().press("e");
            page.waitForSelector("#better:focus");
            page.keyboard().press("Control+Enter");
            page.waitForSelector("text=Write something first.");
            page.keyboard().press("Shift+Tab");
            page.keyboard().press("Shift+Tab");
            page.keyboard().press("Enter"); // begin with A
            page.waitForSelector("#better:focus");
            page.keyboard().press("Control+End");
            page.keyboard().type(" 1 2 7 x");
            page.keyboard().press("Control+Enter");
            page.waitForCondition(() -> store.demonstrations().size() == 1);
            Demonstration written = store.demonstrations().get(0);
            assertThat(written.text()).isEqualTo(left + " 1 2 7 x");
            assertThat(store.preferences())
                    .as("digits in a text are no answers")
                    .isEmpty();
            answer(page, "6");
            expectAllSent(page, store, 1);
        });
    }
}
