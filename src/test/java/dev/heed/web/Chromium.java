package dev.heed.web;

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
import org.junit.jupiter.api.Assumptions;

/** A real browser without a window. */
final class Chromium implements AutoCloseable {
    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Skips the tests that ask for it where there is none. */
    static Chromium launch() {
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
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(ARGUMENTS));
        return new Chromium(playwright, browser);
    }

    /** A page with a storage of its own. Close its context when done. */
    Page page(ColorScheme theme, int width, int height) {
        Page page = browser.newContext(new Browser.NewContextOptions()
                        .setColorScheme(theme)
                        .setViewportSize(width, height)
                        .setDeviceScaleFactor(2))
                .newPage();
        page.setDefaultTimeout(20_000);
        return page;
    }

    /** As {@link #page}, held in a hand. */
    Page phone(ColorScheme theme) {
        Page page = browser.newContext(new Browser.NewContextOptions()
                        .setColorScheme(theme)
                        .setViewportSize(375, 740)
                        .setDeviceScaleFactor(2)
                        .setIsMobile(true)
                        .setHasTouch(true))
                .newPage();
        page.setDefaultTimeout(20_000);
        return page;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
