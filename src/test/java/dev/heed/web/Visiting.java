package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import dev.heed.db.FeedbackStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A browser's page on a real server, for as long as a test looks at it. */
final class Visiting {
    private Visiting() {}

    /** What a test does there. */
    interface Visit {
        void at(FeedbackStore store, Page page);
    }

    /**
     * Serves a home, and expects that nothing goes wrong on the page.
     *
     * @param fill puts into the store what there is to see
     * @param page closed in the end
     */
    static void served(Path home, Consumer<FeedbackStore> fill, Page page, Visit visit) {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            fill.accept(store);
            try (WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
                List<String> errors = new ArrayList<>();
                page.onPageError(errors::add);
                page.navigate(server.url());
                visit.at(store, page);
                assertThat(errors).as("errors on the page").isEmpty();
            } catch (RuntimeException | AssertionError e) {
                screenshot(page, "failure");
                throw e;
            } finally {
                page.context().close();
            }
        }
    }

    static void screenshot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Chromium.SCREENSHOTS.resolve(name + ".png")));
    }

    /** Nothing is wider than the page, and every button is large enough for a finger. */
    static void expectFits(Page page) {
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as("no scrolling sideways")
                .isEqualTo(true);
        for (Locator button : page.locator("button:visible").all()) {
            BoundingBox box = button.boundingBox();
            assertThat(Math.min(box.width, box.height))
                    .as(button.textContent())
                    .isGreaterThanOrEqualTo(page.viewportSize().width < 375 ? 36 : 43.9);
        }
    }

    static void waitUntil(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 20 s").isLessThan(end);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
