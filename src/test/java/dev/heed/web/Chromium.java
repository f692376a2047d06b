package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real browser without a window: {@code @RegisterExtension static}. */
public final class Chromium implements BeforeAllCallback {
    public static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run");

    /** One for all tests of the process: starting it takes seconds, and each page has a storage of its own anyway. */
    private record Started(Playwright playwright, Browser browser) implements AutoCloseable {
        static Started of(Path executable) {
            Playwright playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            return new Started(
                    playwright,
                    playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(executable)
                                    .setArgs(ARGUMENTS)));
        }

        @Override
        public void close() {
            playwright.close();
        }
    }

    private @Nullable Browser browser;

    /** Skips the tests where there is none. */
    @Override
    public void beforeAll(ExtensionContext context) {
        Path executable = Stream.of(
                        System.getenv("CHROMIUM"),
                        "/usr/bin/chromium",
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome",
                        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
                .filter(Objects::nonNull)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (executable == null) {
            String reason = "browser tests skipped: no Chromium found; install it or set CHROMIUM to its path";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        browser = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(Chromium.class))
                .computeIfAbsent(Objects.requireNonNull(executable), Started::of, Started.class)
                .browser();
    }

    /** A page with a storage of its own. Close its context when done. */
    public Page page(ColorScheme theme, int width, int height) {
        Page page = Objects.requireNonNull(browser)
                .newContext(new Browser.NewContextOptions()
                        .setColorScheme(theme)
                        .setViewportSize(width, height)
                        .setDeviceScaleFactor(2))
                .newPage();
        page.setDefaultTimeout(20_000);
        return page;
    }

    /** As {@link #page}, held in a hand. */
    public Page phone(ColorScheme theme) {
        Page page = Objects.requireNonNull(browser)
                .newContext(new Browser.NewContextOptions()
                        .setColorScheme(theme)
                        .setViewportSize(375, 740)
                        .setDeviceScaleFactor(2)
                        .setIsMobile(true)
                        .setHasTouch(true))
                .newPage();
        page.setDefaultTimeout(20_000);
        return page;
    }

    /** Takes a picture, and lets axe look for what keeps people out. */
    public static void expectAccessible(Page page, String name) {
        page.waitForTimeout(350); // until nothing moves
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
        assertThat(new AxeBuilder(page).analyze().getViolations())
                .as(name)
                .extracting(rule -> rule.getId() + ": " + rule.getNodes())
                .isEmpty();
    }
}
