package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.serve.Home;
import dev.heed.web.Chromium;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A stage started, stopped and gone on with from the page, in a real browser before a real server. */
class JobsPageTest {
    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path home;

    private final List<String> complaints = new ArrayList<>();

    private Page page(Serving server, ColorScheme theme, boolean phone) {
        Page page = phone ? chromium.phone(theme) : chromium.page(theme, 1280, 900);
        page.setDefaultTimeout(40_000);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("422")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.navigate(server.url() + "/runs");
        page.fill("#name", "Ada");
        page.keyboard().press("Enter");
        page.waitForSelector("#jobs-title");
        return page;
    }

    private void prepare() throws Exception {
        Home.make(home);
        Files.createDirectories(home.resolve("recipes"));
        Files.writeString(
                home.resolve("recipes/tiny.args"), "--batch=8 --threads=1 --precision=fp32 --checkpoint-every=10");
        Files.createDirectories(home.resolve("files"));
        Files.writeString(
                home.resolve("files/shown.jsonl"),
                IntStream.range(0, 64)
                        .mapToObj("{\"prompt\": \"What is %d?\", \"completion\": \"It is.\"}"::formatted)
                        .collect(Collectors.joining("\n")));
    }

    @Test
    void aLeadStartsAStageStopsItAndGoesOnWithIt() throws Exception {
        prepare();
        Serving server = Serving.start(home, "--local");
        try {
            Page page = page(server, ColorScheme.LIGHT, false);
            Chromium.expectAccessible(page, "light-jobs-none");
            order(page, "4000");
            page.fill("#option-lr", "-1");
            Chromium.expectAccessible(page, "light-jobs-order");
            page.keyboard().press("Enter");
            page.waitForSelector("[role=alert]:has-text('--lr must be')");
            page.fill("#option-lr", "");
            page.keyboard().press("Enter");
            page.waitForSelector(".job.running progress");
            page.click("button:has-text('Log')");
            page.waitForFunction("() => /sft: \\d+/.test(document.querySelector('.log').textContent)");
            page.evaluate("window.thisVisit = true");
            order(page, "3");
            page.fill("#option-name", "later");
            page.click("button:has-text('Start'):not(:has-text('job'))");
            page.waitForSelector(".job.queued");
            Chromium.expectAccessible(page, "light-jobs-running");
            Page dark = page(server, ColorScheme.DARK, false);
            dark.click("button:has-text('Log')");
            Chromium.expectAccessible(dark, "dark-jobs-running");
            dark.context().close();
            Page phone = page(server, ColorScheme.DARK, true);
            assertThat(phone.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo(true);
            Chromium.expectAccessible(phone, "phone-jobs");
            phone.context().close();
            page.click(".job.queued button:has-text('Remove')");
            page.waitForSelector(
                    ".job.queued",
                    new Page.WaitForSelectorOptions()
                            .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
            page.click(".job.running button:has-text('Stop')");
            page.waitForSelector(".job.stopped");
            assertThat(page.textContent(".log")).contains("interrupted; what was done is saved");
            int then = RunLog.metricsOf(RunDir.at(home, "sft")).size();
            assertThat(then).isBetween(1, 31_999);
            Chromium.expectAccessible(page, "light-jobs-stopped");
            page.click(".job.stopped button:has-text('Resume')");
            page.waitForSelector(".job.running");
            while (RunLog.metricsOf(RunDir.at(home, "sft")).size() <= then) {
                Thread.onSpinWait();
            }
            page.click(".job.running button:has-text('Stop')");
            page.waitForSelector("li[aria-label='Job 3'].stopped");
            page.click(".job:last-child button:has-text('Remove')");
            page.waitForSelector(".sure:has-text('Its log is lost')");
            page.waitForFunction("() => document.activeElement.textContent === 'Leave it'"); // what loses nothing
            page.click(".sure .warn");
            page.waitForFunction("() => document.querySelectorAll('.job').length === 1");
            assertThat(page.evaluate("window.thisVisit")).as("without a reload").isEqualTo(true);
            page.context().close();
        } finally {
            server.kill();
        }
        assertThat(complaints).isEmpty();
    }

    private static void order(Page page, String epochs) {
        page.click("button:has-text('Start a job')");
        page.selectOption("#stage", "sft");
        page.selectOption("#recipe", "tiny");
        page.selectOption("#option-demonstrations", "files/shown.jsonl");
        page.fill("#option-model", "writer");
        page.fill("#option-epochs", epochs);
    }
}
