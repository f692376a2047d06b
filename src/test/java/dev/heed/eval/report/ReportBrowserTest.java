package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportBrowserTest {
    private @Nullable Playwright playwright;
    private Browser browser;

    private List<String> addresses = List.of();

    @BeforeAll
    void open(@TempDir Path folder) {
        Optional<Path> chromium = Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(name -> Path.of("/usr/bin", name))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(chromium.isPresent(), "no Chromium in /usr/bin");
        playwright = Playwright.create();
        browser = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(chromium.get()).setArgs(List.of("--no-sandbox")));
        Path file = folder.resolve("report.html");
        Report.write(file, Invented.whole());
        Path contest = folder.resolve("compare.html");
        ContestPage.write(contest, Invented.contest());
        Path exam = folder.resolve("exam.html");
        ExamPage.write(exam, InventedExam.graded());
        Path card = folder.resolve("card.html");
        CardPage.write(card, CardPageTest.rewardModel(CardData.Hub.UNKNOWN));
        Path scale = folder.resolve("scale.html");
        ScalePage.write(scale, InventedScale.of(true));
        addresses = List.of(
                scale.toUri().toString(),
                card.toUri().toString(),
                file.toUri().toString(),
                contest.toUri().toString(),
                exam.toUri().toString());
    }

    @AfterAll
    void close() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @Test
    void everyoneCanReadItInLightAndDark() {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            try (Page page = browser.newPage(
                    new Browser.NewPageOptions().setColorScheme(scheme).setBypassCSP(true))) {
                for (String address : addresses) {
                    page.navigate(address);
                    assertThat(new AxeBuilder(page).analyze().getViolations())
                            .as("%s in %s", address, scheme)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void fitsAPhoneWithoutScrollingSideways() {
        try (Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(360, 740))) {
            for (String address : addresses) {
                page.navigate(address);
                assertThat(page.evaluate("document.documentElement.scrollWidth"))
                        .as(address)
                        .isEqualTo(360);
            }
        }
    }

    @Test
    void itsOwnContentSecurityPolicyHoldsItBackFromNothing() {
        try (Page page = browser.newPage()) {
            List<String> complaints = new ArrayList<>();
            page.onConsoleMessage(m -> complaints.add(m.text()));
            page.onRequest(r -> complaints.add(addresses.contains(r.url()) ? "" : r.url()));
            addresses.forEach(page::navigate);
            assertThat(complaints).containsOnly("");
        }
    }
}
