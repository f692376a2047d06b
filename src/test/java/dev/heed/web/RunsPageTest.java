package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.Child;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Split;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs, seen while they learn, in a real browser. */
class RunsPageTest {
    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path home;

    private FeedbackStore store;
    private WebServer server;
    private final List<String> complaints = new ArrayList<>();

    @BeforeEach
    void serve() {
        store = FeedbackStore.open(home);
        server = WebServer.start(
                store,
                new WebServer.Config(
                        "127.0.0.1",
                        0,
                        home,
                        1,
                        WebServer.Entry.LOCAL,
                        null,
                        List.of(new Meaning("loss", "nats", "surprise", "falls <b>", "a smaller --lr"))));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private Page page(ColorScheme theme, String address) {
        Page page = chromium.page(theme, 1280, 900);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.navigate(server.url() + "/runs" + address);
        page.fill("#name", "Ada");
        page.keyboard().press("Enter");
        return page;
    }

    @Test
    void curvesGrowWhileAProcessTrainsWithoutReload() throws IOException {
        try (Child training = Child.run(Training.class, home.toString(), "ppo-1", "200", "60")) {
            RunDir run = RunDir.at(home, "ppo-1");
            while (run.state() != RunDir.State.RUNNING || RunLog.metricsOf(run).isEmpty()) {
                Thread.onSpinWait();
            }
            Page page = page(ColorScheme.LIGHT, "");
            page.waitForSelector(".chart canvas");
            page.evaluate("window.thisVisit = true");
            int before = steps(page);
            page.waitForFunction(
                    "n => parseInt(document.querySelector('.far').textContent.match(/(\\d+) of 200/)[1]) > n + 20",
                    before);
            assertThat(page.textContent(".far")).contains("running").containsPattern("\\d+ s left");
            String value = page.textContent(".chart:first-child .values b");
            page.waitForFunction("old => document.querySelector('.chart .values b').textContent !== old", value);
            Chromium.expectAccessible(page, "light-runs-live");
            training.kill();
            page.waitForSelector(".state.stopped");
            assertThat(page.evaluate("window.thisVisit")).isEqualTo(true);
            page.context().close();
        }
        assertThat(complaints).isEmpty();
    }

    private static int steps(Page page) {
        return Integer.parseInt(page.textContent(".far").replaceFirst("(?s).*?(\\d+) of 200.*", "$1"));
    }

    @Test
    void runsLieOverEachOtherTheirSettingsAreComparedAndNumbersExplained() {
        trained("ppo-1", 60);
        trained("ppo-long", 90);
        Page page = page(ColorScheme.DARK, "#runs=ppo-1,ppo-long");
        page.waitForSelector(".chart canvas");
        assertThat(page.locator(".chart:first-child .values li").count()).isEqualTo(2);
        page.hover(".chart:first-child .plot");
        page.waitForFunction("() => document.querySelector('.says').textContent.includes('falls <b>')");
        String ends = page.textContent(".chart:first-child .values");
        page.focus(".chart:nth-child(3) .metric");
        assertThat(page.textContent(".says")).as("by keyboard too").contains("kl");
        page.keyboard().press("ArrowRight");
        for (int i = 0; i < 5; i++) {
            page.keyboard().press("ArrowLeft");
        }
        page.waitForFunction("old => document.querySelector('.chart .values').textContent !== old", ends);
        page.locator("input[type=range]").fill("0.9");
        page.check("text=Logarithmic values");
        page.check("text=Logarithmic steps");
        page.waitForTimeout(300);
        Chromium.expectAccessible(page, "dark-runs-curves");
        page.click("button:has-text('Settings')");
        page.waitForSelector(".settings");
        assertThat(page.locator(".settings tbody th").allTextContents())
                .contains("config.ppo.lr")
                .doesNotContain("config.ppo.kl_coef");
        page.check("text=Also what is the same");
        assertThat(page.locator(".settings tbody th").allTextContents()).contains("config.ppo.kl_coef");
        Chromium.expectAccessible(page, "dark-runs-settings");
        Page phone = chromium.phone(ColorScheme.LIGHT);
        phone.navigate(server.url() + "/runs#runs=ppo-1,ppo-long");
        phone.fill("#name", "Ada");
        phone.keyboard().press("Enter");
        phone.waitForSelector(".chart canvas");
        assertThat(phone.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as("nothing is wider than a phone")
                .isEqualTo(true);
        Chromium.expectAccessible(phone, "phone-runs");
        phone.context().close();
        page.getByLabel("Show ppo-1", new Page.GetByLabelOptions().setExact(true))
                .uncheck();
        page.click("button:has-text('Curves')");
        page.waitForFunction("() => document.querySelectorAll('.chart:first-child .values li').length === 1");
        page.waitForURL(url -> url.contains("runs=ppo-long") && url.contains("view=curves"));
        page.context().close();
        assertThat(complaints).isEmpty();
    }

    @Test
    void answersOverTimeAreSetSideBySideAndPutBeforePeopleBlind() {
        trained("ppo-1", 60);
        Page page = page(ColorScheme.LIGHT, "#runs=ppo-1&view=samples");
        page.waitForSelector(".samples");
        assertThat(page.locator(".samples thead th").allTextContents()).anyMatch(text -> text.contains("Step 59"));
        assertThat(String.join(" ", page.locator(".pair mark").allTextContents()))
                .contains("nobody", "whale", "<b>59</b>");
        assertThat(page.locator("main img, main b:has-text('59')").count())
                .as("foreign text is text")
                .isZero();
        page.click(".samples tbody tr:nth-child(2) td:nth-child(3) .cell");
        assertThat(page.textContent(".pair .asked")).isEqualTo("Tell me a story with the moon in it.");
        Chromium.expectAccessible(page, "light-runs-samples");
        page.click("text=Against the reference");
        page.waitForSelector(".heat");
        assertThat(page.locator(".answer:last-child .heat ruby").allTextContents())
                .as("the log-ratio of each token")
                .contains(" whale0.00", " burn−0.50", " oil.1.50");
        page.click("text=Advantage");
        page.waitForFunction("() => document.querySelector('.heat').textContent.includes('1.60')");
        Chromium.expectAccessible(page, "light-runs-tokens");
        page.click("text=Words");
        page.click("text=Ask people about these two");
        page.waitForSelector("text=1 comparison now waits for labelers");
        List<Comparison> asked = store.comparisons(1);
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).prompt().split())
                .as("a watched prompt teaches nobody")
                .isEqualTo(Split.HELD_OUT);
        assertThat(List.of(asked.get(0).first().model(), asked.get(0).second().model()))
                .containsExactly("ppo-1, step 0", "ppo-1, step 20");
        page.click("text=about all 3 prompts at these steps");
        page.waitForSelector("text=3 comparisons now wait for labelers");
        assertThat(store.comparisons(1)).hasSize(3);
        page.navigate(server.url() + "/");
        page.waitForSelector(".answer");
        assertThat(page.content()).doesNotContain("ppo-1").doesNotContain("step 20");
        page.context().close();
        assertThat(complaints).isEmpty();
    }

    /** 200,000 lines of four metrics: how long until the curves stand, and until the cursor has moved in all of them. */
    @Test
    void twoHundredThousandPointsDoNotMakeItLag() throws IOException {
        RunDir run = RunDir.at(home, "long");
        Training.begin(run);
        StringBuilder lines = new StringBuilder();
        for (int step = 0; step < 200_000; step++) {
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"step\":%d,\"loss\":%.6f,\"score\":%.6f,\"kl\":%.6f,\"entropy\":%.6f}%n",
                    step,
                    1 + Math.sin(step * 1e-4) + 0.3 * Math.sin(step * 7.0),
                    step == 123_456 ? 30 : Math.sin(step * 3.0),
                    step * 1e-5,
                    2.0 / (1 + step * 1e-4)));
        }
        Files.writeString(run.path().resolve("metrics.jsonl"), lines);
        run.finish(Map.of());
        long begin = System.nanoTime();
        Page page = page(ColorScheme.LIGHT, "#runs=long");
        page.waitForSelector(".chart:nth-child(4) canvas");
        double seconds = (System.nanoTime() - begin) / 1e9;
        Object moved = page.evaluate(
                """
                async () => {
                  const over = document.querySelector('.chart .u-over');
                  const {left, top, width} = over.getBoundingClientRect();
                  const took = [];
                  for (let i = 0; i < 60; i++) {
                    await new Promise(requestAnimationFrame);
                    const begin = performance.now();
                    over.dispatchEvent(new MouseEvent('mousemove', {clientX: left + width * i / 60, clientY: top + 40, bubbles: true}));
                    await new Promise((done) => queueMicrotask(done));
                    took.push(performance.now() - begin);
                  }
                  return took.sort((a, b) => a - b)[54];
                }""");
        double ms = ((Number) moved).doubleValue();
        System.out.printf("200,000 steps of 4 metrics: curves after %.1f s, cursor p90 %.1f ms%n", seconds, ms);
        assertThat(new Browserless(server.url()).signIn("Ada", "").status()).isEqualTo(200);
        assertThat(ms).as("ms to move the cursor in every chart").isLessThan(16);
        assertThat(seconds).isLessThan(15);
        page.context().close();
    }

    private void trained(String name, int steps) {
        RunDir run = RunDir.at(home, name);
        Training.begin(run);
        try (RunLog log = RunLog.open(run, 0)) {
            for (int step = 0; step < steps; step++) {
                log.metrics(step, Training.metrics(step));
                if (step % 20 == 0 || step == steps - 1) {
                    Training.sample(log, step);
                }
            }
        }
        run.finish(Map.of("hash", name));
    }
}
