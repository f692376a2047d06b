package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asked;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Known;
import dev.heed.feedback.Note;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        page.waitForCondition(() -> store.gold().equals(List.of(new Known(comparison, Answer.SECOND))));
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
            assertThat(page.inputValue("#gold")).as("as pairs have").isEqualTo("3");
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

    @Test
    void aDisputedRankingAndRatingAreDecidedByKeyboard(@TempDir Path home) throws Exception {
        visited(home, ColorScheme.LIGHT, (store, server, page) -> {
            Campaign campaign =
                    store.campaigns().add("Orders", Plan.of(2).with(Kind.RANKING, List.of()), Instant.now());
            store.addComparisons(List.of(
                    of(campaign, List.of(), "one", "two", "three"), of(campaign, List.of("true"), "one", "two")));
            store.addPreferences(List.of(
                    graded(1, "ann", Answer.RANKED, List.of(1, 2, 3), Map.of()),
                    graded(1, "bob", Answer.RANKED, List.of(3, 2, 1), Map.of()),
                    graded(2, "ann", Answer.RATED, List.of(), Map.of("true", List.of(1, 7))),
                    graded(2, "bob", Answer.RATED, List.of(), Map.of("true", List.of(6, 7)))));
            page.navigate(server.url() + "/quality");
            page.locator("[aria-label='Disputed rankings'] button").click();
            page.waitForSelector(".case >> text=places 3, 2, 1");
            Chromium.expectAccessible(page, "light-disputed-ranking");
            page.keyboard().press("2");
            page.keyboard().press("Enter");
            page.waitForSelector(".case >> text=Not everything has a number yet.");
            page.keyboard().press("1");
            page.keyboard().press("2");
            page.keyboard().press("Enter");
            page.waitForSelector(".case >> text=lea decided on");
            assertThat(store.adjudications()).singleElement().satisfies(decided -> assertThat(
                            decided.judgement().orElseThrow().toString())
                    .isEqualTo("RANKED [2, 1, 2]"));
            assertThat(store.pairs()).extracting(Pair::labeler).containsExactly("lea", "lea", "lea");
            assertThat(store.pairs().get(0).chosen()).isEqualTo("two");
            page.waitForSelector("[aria-label='Disputed rankings'] button:has-text('✓')");
            page.click("text=Ask labelers now and then");
            page.waitForCondition(() -> store.gold().size() == 1);
            page.locator(".case").focus();
            page.keyboard().press("u");
            page.waitForSelector("text=lea took back what was decided.");
            assertThat(store.pairs()).as("what the labelers said").hasSize(6);
            page.locator("[aria-label='Disputed ratings'] button").click();
            page.waitForSelector(".case >> text=true 6, 7");
            page.locator(".case .axis").first().locator("button:has-text('5')").click();
            page.locator(".case").focus();
            page.keyboard().press("7");
            page.click("button:has-text('Decide')");
            page.waitForSelector(".case b:has-text('true 5, 7')");
            page.fill(".case input", "2");
            page.click("text=Ask labelers now and then");
            page.waitForCondition(() -> store.gold().size() == 2);
            assertThat(store.gold().get(1).tolerance()).isEqualTo(2);
            Chromium.expectAccessible(page, "light-decided-rating");
            Visiting.screenshot(page, "light-decided-rating");
        });
    }

    private static Comparison of(Campaign campaign, List<String> axes, String... texts) {
        return Comparison.among(
                        1,
                        Prompt.ofText("What of " + axes + "?", "", Split.TRAIN),
                        Stream.of(texts)
                                .map(text -> new Completion(text, "secret-model", true))
                                .toList(),
                        axes,
                        new Asking(campaign.id(), null))
                .orElseThrow();
    }

    private static Preference graded(
            long comparison, String labeler, Answer answer, List<Integer> ranks, Map<String, List<Integer>> ratings) {
        int count = answer == Answer.RANKED ? ranks.size() : 2;
        List<Integer> shown = IntStream.range(0, count).boxed().toList();
        return new Preference(
                UUID.randomUUID(),
                comparison,
                labeler,
                answer,
                false,
                3000,
                Instant.now(),
                null,
                Note.NONE,
                Asked.PLAINLY,
                new Grades(shown, ranks, ratings));
    }

    private static Campaign kindness(FeedbackStore store) {
        return store.campaigns().find(2).orElseThrow();
    }
}
