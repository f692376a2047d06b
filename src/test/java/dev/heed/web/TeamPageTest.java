package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.db.WebhookStore.Happening;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A team that begins with nobody, in a real browser. */
class TeamPageTest {
    private static final String PASSWORD = "correct horse battery";

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @Test
    void anAdminComesInByTheFirstLinkAndInvitesALabelerWhoLabels(@TempDir Path home) {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addComparisons(Served.comparisons(20));
            try (WebServer server = serve(store, home)) {
                Page admin = chromium.page(ColorScheme.LIGHT, 1280, 800);
                Page labeler = chromium.page(ColorScheme.DARK, 1280, 800);
                admin.navigate(server.firstLink().orElseThrow());
                join(admin, "<b>Ada</b>", "light-join");
                admin.click("text=Team");
                admin.waitForSelector("h2:has-text('People')");
                Chromium.expectAccessible(admin, "light-team");
                aWebhookIsAddedAndRemoved(admin, store);
                admin.click("text=Make a link");
                labeler.navigate(admin.inputValue("#link"));
                join(labeler, "Bob", "dark-join");
                labeler.waitForSelector(".answer");
                assertThat(labeler.locator("nav a").allTextContents())
                        .as("a labeler labels, and votes")
                        .containsExactly("Label", "Arena");
                theSessionEndsInTheMiddle(labeler, store);
                admin.reload();
                admin.waitForSelector("th:has-text('Bob')");
                assertThat(admin.locator("main b:has-text('Ada')").count())
                        .as("a name is text")
                        .isZero();
                admin.context().close();
                labeler.context().close();
            }
        }
    }

    private static WebServer serve(FeedbackStore store, Path home) {
        return WebServer.start(
                store, new WebServer.Config("127.0.0.1", 0, home, 1, new WebServer.Entry(false, null), null));
    }

    private static void join(Page page, String name, String picture) {
        page.waitForSelector("text=Welcome");
        page.waitForTimeout(300);
        Chromium.expectAccessible(page, picture);
        page.fill("#name", name);
        page.fill("#password", PASSWORD);
        page.keyboard().press("Enter");
        page.waitForSelector(".answer");
    }

    private static void aWebhookIsAddedAndRemoved(Page page, FeedbackStore store) {
        page.fill("#hook", "https://10.0.0.1/hook");
        page.click("text=Add a webhook");
        page.waitForSelector("text=10.0.0.1 is 10.0.0.1, which is no address of the internet");
        page.fill("#hook", "https://[2606:2800:220:1:248:1893:25c8:1946]/hook");
        page.check("text=a run is done");
        page.click("text=Add a webhook");
        page.waitForSelector("#secret");
        assertThat(page.inputValue("#secret")).startsWith("whsec_");
        assertThat(store.webhooks().all().get(0).events())
                .containsExactly(Happening.PREFERENCE_STORED, Happening.RUN_FINISHED);
        Chromium.expectAccessible(page, "light-webhook");
        page.click("li:has-text('told nothing yet') >> text=Remove");
        page.waitForCondition(() -> store.webhooks().all().isEmpty());
    }

    private static void theSessionEndsInTheMiddle(Page page, FeedbackStore store) {
        page.context().clearCookies();
        page.waitForTimeout(300);
        page.keyboard().press("2");
        page.waitForSelector("text=Which answer is better?");
        assertThat(store.preferences()).isEmpty();
        page.keyboard().press("3"); // no answer: nobody is signed in
        page.fill("#name", "bob");
        page.fill("#password", "a wrong password");
        page.keyboard().press("Enter");
        page.waitForSelector("text=name or password is wrong");
        page.fill("#password", PASSWORD);
        page.keyboard().press("Enter");
        page.waitForSelector(".answer:visible");
        page.waitForCondition(() -> store.preferences().size() == 1);
        page.waitForCondition(() -> page.locator(".unsent").count() == 0);
    }
}
