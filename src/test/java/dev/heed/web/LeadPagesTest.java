package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Note;
import dev.heed.feedback.Preference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a lead sees and decides, in a real browser. */
class LeadPagesTest {
    @RegisterExtension
    static final Chromium chromium = new Chromium();

    private interface Visit {
        void at(FeedbackStore store, WebServer server, Page page) throws Exception;
    }

    private static void visited(Path home, ColorScheme theme, Visit visit) throws Exception {
        try (FeedbackStore store = FeedbackStore.open(home);
                WebServer server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home))) {
            Page page = chromium.page(theme, 1280, 800);
            page.navigate(server.url());
            page.fill("#name", "lea");
            page.keyboard().press("Enter");
            page.waitForSelector(".empty, .answer");
            visit.at(store, server, page);
            page.context().close();
        }
    }

    private static Preference said(long comparison, String labeler, Answer answer) {
        return new Preference(UUID.randomUUID(), comparison, labeler, answer, false, 3000, Instant.now(), null);
    }

    @Test
    void theQualityOfLabelsIsSeenAndActedUpon(@TempDir Path home) throws Exception {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT);
            visited(home.resolve(name), theme, (store, server, page) -> {
                store.addComparisons(Served.comparisons(60));
                List<Preference> all = new ArrayList<>();
                for (long i = 1; i <= 60; i++) {
                    Answer right = i % 2 == 0 ? Answer.FIRST : Answer.SECOND;
                    all.add(said(i, "ann", right));
                    all.add(said(i, "bob", i == 7 ? right.swapped() : right));
                    all.add(said(i, "<b>left</b>", Answer.FIRST));
                }
                store.addPreferences(all);
                page.navigate(server.url() + "/quality");
                page.waitForSelector("text=180 answers to 60 comparisons.");
                Chromium.expectAccessible(page, name + "-quality");
                assertThat(page.locator(".flagged").allTextContents())
                        .as("who takes the left unread is named")
                        .anyMatch(flag -> flag.startsWith("<b>left</b> takes the left one"));
                page.locator("tr:has-text('<b>left</b>') button").click();
                page.waitForSelector("tr.out");
                assertThat(store.pairs()).hasSize(120);
                page.locator("[aria-label='Disputed comparisons'] button")
                        .first()
                        .click();
                page.waitForSelector(".case");
                Chromium.expectAccessible(page, name + "-disputed");
                decides(store, page, name);
            });
        }
    }

    /** By keys alone, once a comparison is open. */
    private static void decides(FeedbackStore store, Page page, String name) {
        long comparison = Long.parseLong(
                page.locator(".tabs [aria-pressed='true']").textContent().strip());
        long pairs = store.pairs().size();
        page.keyboard().press("6");
        page.waitForSelector(".case .chip[aria-pressed='true']:has-text('second')");
        page.waitForSelector(".tabs [aria-pressed='true']:has-text('✓')");
        assertThat(page.locator(".case").textContent()).contains("lea decided on");
        Chromium.expectAccessible(page, name + "-decided");
        assertThat(store.adjudications(comparison))
                .extracting(Adjudication::answer, Adjudication::lead)
                .containsExactly(tuple(Answer.SECOND, "lea"));
        assertThat(store.pairs())
                .as("one instead of two: the third labeler is left out")
                .hasSize((int) pairs - 1);
        page.click("text=Ask labelers now and then");
        page.waitForCondition(() -> store.campaigns().gold().get(comparison) == Answer.SECOND);
        page.locator(".case").focus();
        page.keyboard().press("u");
        page.waitForSelector("text=lea took back what was decided.");
        assertThat(store.adjudications()).isEmpty();
        assertThat(store.pairs()).hasSize((int) pairs);
        assertThat(store.preferences(comparison)).as("what was said stays").hasSize(3);
    }

    @Test
    void aCampaignIsBegunFilledAndChanged(@TempDir Path home) throws Exception {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String name = theme.name().toLowerCase(Locale.ROOT);
            Path folder = home.resolve(name);
            visited(folder, theme, (store, server, page) -> {
                page.navigate(server.url() + "/campaigns");
                page.waitForSelector("h2:has-text('The loop')");
                Chromium.expectAccessible(page, name + "-campaigns");
                page.fill("#name", "Kindness");
                page.click("button:has-text('Begin')");
                page.waitForSelector("h2:has-text('Kindness')");
                page.fill("#answers", "3");
                page.click("button:has-text('Save') >> nth=0");
                page.waitForCondition(() -> kindness(store).plan().answers() == 3);
                page.fill("#guideline", "# Be kind");
                page.click("text=Save as version 1");
                page.waitForCondition(() -> kindness(store).guideline() == 1);
                Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"prompt\": \"a\"}\n");
                page.setInputFiles("#file", broken);
                page.waitForSelector("text=broken.jsonl: line 1 needs a prompt and two completions");
                Path good = Files.writeString(
                        folder.resolve("good.jsonl"),
                        "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\"]}\n{\"prompt\": \"d\", \"chosen\": \"e\", \"rejected\": \"f\"}\n");
                page.setInputFiles("#file", good);
                page.waitForSelector("text=2 of 2 added");
                page.click("text=Close it");
                page.waitForCondition(() -> !kindness(store).open());
            });
        }
    }

    @Test
    void aCampaignOfRatingsHasAxesAndTakesManyCompletions(@TempDir Path home) throws Exception {
        visited(home, ColorScheme.LIGHT, (store, server, page) -> {
            page.navigate(server.url() + "/campaigns");
            page.waitForSelector("h2:has-text('The loop')");
            page.fill("#name", "Numbers");
            page.selectOption("#kind", "rating");
            page.click("button:has-text('Begin')");
            page.waitForSelector("h2:has-text('Numbers')");
            assertThat(page.inputValue("#axes")).isEqualTo("helpful\ntrue\nharmless");
            assertThat(page.locator("#gold").count())
                    .as("only pairs have known answers")
                    .isZero();
            page.fill("#axes", "kind\nshort");
            page.click("button:has-text('Save') >> nth=0");
            page.waitForCondition(() -> kindness(store).plan().axes().equals(List.of("kind", "short")));
            assertThat(kindness(store).plan().kind()).isEqualTo(Kind.RATING);
            Path good = Files.writeString(
                    home.resolve("good.jsonl"), "{\"prompt\": \"a\", \"completions\": [\"b\", \"c\", \"d\"]}\n");
            page.setInputFiles("#file", good);
            page.waitForSelector("text=1 of 1 added");
            assertThat(store.comparisons(1).get(0).axes()).containsExactly("kind", "short");
            Chromium.expectAccessible(page, "light-campaign-rating");
            store.addPreference(new Preference(
                    UUID.randomUUID(),
                    1,
                    "ann",
                    Answer.RATED,
                    false,
                    3000,
                    Instant.now(),
                    null,
                    Note.NONE,
                    Asked.PLAINLY,
                    new Grades(
                            List.of(0, 1, 2), List.of(), Map.of("kind", List.of(7, 1, 2), "short", List.of(3, 3, 3)))));
            page.navigate(server.url() + "/quality#comparison=1");
            page.waitForSelector(".case >> text=kind 7, 1, 2");
            assertThat(page.locator(".case .eyebrow").allTextContents()).containsExactly("First", "Second", "Third");
            assertThat(page.locator(".case .chip").count()).isZero();
            page.waitForSelector("[aria-label=Ratings]");
            assertThat(page.locator("[aria-label=Ratings] tbody tr").allTextContents())
                    .satisfiesExactly(kind -> assertThat(kind).startsWith("kind33.3–"), brief -> assertThat(brief)
                            .startsWith("short33.0–"));
            Chromium.expectAccessible(page, "light-quality-ratings");
        });
    }

    private static Campaign kindness(FeedbackStore store) {
        return store.campaigns().find(2).orElseThrow();
    }
}
