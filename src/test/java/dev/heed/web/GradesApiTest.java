package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.PeopleStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Form;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Kind;
import dev.heed.feedback.KnownAnswer;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Campaigns of rankings and ratings, as pages and programs use them. */
class GradesApiTest {
    private static final List<String> COMPLETIONS = List.of("one", "two", "three", "four");

    private FeedbackStore store;
    private WebServer server;
    private Browserless ann;
    private long campaign;

    @BeforeEach
    void start(@TempDir Path home) {
        store = FeedbackStore.open(home);
        server = WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home));
        ann = new Browserless(server.url());
        ann.signIn("ann", "");
        campaign = begin("Rankings", Plan.of(1).with(Kind.RANKING, List.of()));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private long begin(String name, Plan plan) {
        return ann.post("/api/campaigns", Map.of("name", name, "plan", plan))
                .json()
                .path("id")
                .asLong();
    }

    private Browserless.Said ask(long of, String prompt, List<String> completions) {
        return ann.post(
                "/api/campaigns/%d/questions".formatted(of),
                Map.of("questions", List.of(Map.of("prompt", prompt, "completions", completions))));
    }

    private JsonNode shown(long of) {
        return ann.get("/api/comparisons?campaign=" + of).json().path(0);
    }

    private static Map<String, Object> given(JsonNode shown, String choice) {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("id", UUID.nameUUIDFromBytes(shown.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        given.put("comparison", shown.path("comparison").asLong());
        given.put("content", shown.path("content").asText());
        given.put("labeler", "ann");
        given.put("choice", choice);
        given.put("shown_ms", 5000);
        given.put("at", Instant.now().toString());
        return given;
    }

    private static Map<String, Object> with(Map<String, Object> given, String field, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(given);
        more.put(field, value);
        return more;
    }

    private Grades stored() {
        return Objects.requireNonNull(last().grades());
    }

    private Preference last() {
        List<Preference> all = store.preferences();
        return all.get(all.size() - 1);
    }

    @Test
    void completionsStandInAnOrderOfTheLabelersOwnAndRanksComeBackToTheirs() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            assertThat(ask(campaign, "question " + i, COMPLETIONS)
                            .json()
                            .path("added")
                            .asInt())
                    .isEqualTo(1);
            JsonNode shown = shown(campaign);
            List<String> texts = texts(shown);
            assertThat(texts).containsExactlyInAnyOrderElementsOf(COMPLETIONS);
            assertThat(shown.toString()).doesNotContain("import", "model", "ended");
            List<Integer> ranks =
                    texts.stream().map(text -> COMPLETIONS.indexOf(text) + 1).toList();
            Browserless.Said said = ann.post("/api/preferences", with(given(shown, "ranked"), "ranks", ranks));
            assertThat(said.body()).isEqualTo("{\"answered\":%d,\"remaining\":0}".formatted(i + 1));
            assertThat(stored().ranks()).as("whatever the order was").containsExactly(1, 2, 3, 4);
            assertThat(stored().shown())
                    .isEqualTo(texts.stream().map(COMPLETIONS::indexOf).toList());
            assertThat(last().secondOnLeft()).isEqualTo(texts.indexOf("two") < texts.indexOf("one"));
            orders.add(stored().shown());
        }
        assertThat(orders).hasSizeGreaterThan(3);
        assertThat(store.pairs()).hasSize(48);
    }

    private static List<String> texts(JsonNode shown) {
        List<String> texts = new java.util.ArrayList<>();
        texts.add(shown.path("left").asText());
        texts.add(shown.path("right").asText());
        shown.path("more").forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void aResendAnswersTheSameAndAnotherAnswerUnderItsNameIsRefused() {
        ask(campaign, "a", COMPLETIONS);
        Map<String, Object> given = with(given(shown(campaign), "ranked"), "ranks", List.of(1, 1, 2, 3));
        String first = ann.post("/api/preferences", given).body();
        assertThat(ann.post("/api/preferences", given).body()).isEqualTo(first);
        assertThat(ann.post("/api/preferences", with(given, "ranks", List.of(1, 2, 3, 4)))
                        .status())
                .isEqualTo(409);
        assertThat(store.preferences()).hasSize(1);
        Map<String, Object> corrected = with(
                with(with(given, "ranks", List.of(4, 3, 2, 1)), "id", UUID.randomUUID()),
                "replaces",
                Objects.requireNonNull(given.get("id")));
        assertThat(ann.post("/api/preferences", corrected).status()).isEqualTo(200);
        assertThat(store.preferences()).hasSize(1);
    }

    @Test
    void noneAcceptableASkipAndANoteAreKept() {
        ask(campaign, "a", COMPLETIONS);
        ask(campaign, "b", COMPLETIONS);
        Map<String, Object> bad = with(given(shown(campaign), "both_bad"), "comment", "all wrong");
        assertThat(ann.post("/api/preferences", bad).status()).isEqualTo(200);
        assertThat(last().answer()).isEqualTo(Answer.BOTH_BAD);
        assertThat(last().note().comment()).isEqualTo("all wrong");
        assertThat(stored().ranks()).isEmpty();
        Map<String, Object> skipped = with(given(shown(campaign), "skip"), "reasons", List.of("too long"));
        assertThat(ann.post("/api/preferences", skipped).status()).isEqualTo(200);
        assertThat(store.pairs()).isEmpty();
    }

    @Test
    void ratingsAreOnEveryAxisOfTheQuestion() {
        long ratings = begin("Ratings", Plan.of(1).with(Kind.RATING, List.of("helpful", "true")));
        ask(ratings, "a", List.of("one", "two"));
        JsonNode shown = shown(ratings);
        assertThat(shown.path("axes")).hasSize(2);
        Map<String, Object> given = given(shown, "rated");
        assertThat(ann.post("/api/preferences", with(given, "ratings", Map.of("helpful", List.of(1, 7))))
                        .status())
                .as("one axis is missing")
                .isEqualTo(400);
        Map<String, List<Integer>> all = Map.of("helpful", List.of(1, 7), "true", List.of(5, 6));
        assertThat(ann.post("/api/preferences", with(given, "ratings", all)).status())
                .isEqualTo(200);
        boolean swapped = shown.path("left").asText().equals("two");
        assertThat(stored().ratings().get("helpful")).isEqualTo(swapped ? List.of(7, 1) : List.of(1, 7));
        assertThat(store.pairs()).as("ratings say nothing of which is better").isEmpty();
    }

    @Test
    void aRepeatShowsTheSameCompletionsInAnotherOrder() {
        for (int i = 0; i < 12; i++) {
            ask(campaign, "question " + i, COMPLETIONS);
        }
        for (Comparison original : store.comparisons(1)) {
            Asking asking = new Asking(campaign, new Asking.Repeat(original.id(), "ann"));
            Comparison repeat = store.addComparisons(
                            List.of(original.swapped().with(0).with(asking)))
                    .get(0);
            Shown before = Shown.to("ann", original);
            Shown again = Shown.to("ann", repeat);
            assertThat(again.content()).isEqualTo(before.content());
            assertThat(inOrder(again))
                    .as("the labeler sees another order")
                    .isNotEqualTo(inOrder(before))
                    .containsExactlyInAnyOrderElementsOf(inOrder(before));
            assertThat(Shown.to("ann", repeat)).as("the same at every showing").isEqualTo(again);
        }
    }

    private static List<String> inOrder(Shown shown) {
        List<String> texts = new java.util.ArrayList<>(List.of(shown.left(), shown.right()));
        texts.addAll(shown.more());
        return texts;
    }

    @Test
    void aLeadSaysWhatIsRightAndDecidesAnOrder() {
        ask(campaign, "a", COMPLETIONS);
        Map<String, Object> order = Map.of("comparison", 1, "answer", "ranked", "ranks", List.of(2, 1, 1, 4));
        assertThat(ann.post("/api/gold", order).status()).isEqualTo(200);
        assertThat(store.gold())
                .containsExactly(
                        new KnownAnswer(1, Answer.RANKED, List.of(2, 1, 1, 3), null, null).of(new Form(4, List.of())));
        Map<String, Object> decision = with(order, "id", UUID.randomUUID());
        assertThat(ann.post("/api/adjudications", decision).status()).isEqualTo(200);
        assertThat(store.pairs()).hasSize(6).extracting(Pair::labeler).containsOnly("ann");
        assertThat(store.people().acts(2))
                .extracting(PeopleStore.Act::what, PeopleStore.Act::details)
                .containsExactly(
                        tuple("adjudication", "1 is RANKED [2, 1, 1, 3]"), tuple("gold", "1 is RANKED [2, 1, 1, 3]"));
        JsonNode said = ann.get("/api/quality/1").json();
        assertThat(said.path("kind").asText()).isEqualTo("ranking");
        assertThat(said.at("/decided/0/grades/ranks").toString()).isEqualTo("[2,1,1,3]");
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("comparison", 1, "answer", "first"),
                Map.of("comparison", 1, "answer", "ranked"),
                Map.of("comparison", 1, "answer", "skip"),
                Map.of("comparison", 1, "answer", "ranked", "ranks", List.of(1, 2)),
                Map.of("comparison", 1, "answer", "ranked", "ranks", List.of(1, 2, 3, 5)),
                Map.of("comparison", 1, "answer", "both_bad", "ranks", List.of(1, 2, 3, 4)))) {
            assertThat(ann.post("/api/gold", wrong).status())
                    .as(wrong.toString())
                    .isEqualTo(400);
            assertThat(ann.post("/api/adjudications", with(wrong, "id", UUID.randomUUID()))
                            .status())
                    .as(wrong.toString())
                    .isEqualTo(400);
        }
        assertThat(ann.post("/api/gold", with(order, "tolerance", 7)).body())
                .contains("tolerance must be from 0 to 6 points, was 7");
        assertThat(store.adjudications()).hasSize(1);
    }

    @Test
    void whatDoesNotFitIsTheSendersMistake() {
        assertThat(ask(campaign, "a", List.of("one", "two")).body())
                .contains("question 1 needs a prompt and 3 to 9 completions");
        assertThat(ask(1, "a", COMPLETIONS).body()).contains("question 1 needs a prompt and two completions");
        ask(campaign, "a", COMPLETIONS);
        JsonNode shown = shown(campaign);
        for (Map<String, Object> wrong : List.of(
                given(shown, "left"),
                given(shown, "ranked"),
                given(shown, "rated"),
                with(given(shown, "ranked"), "ranks", List.of(1, 2, 3)),
                with(given(shown, "ranked"), "ranks", List.of(0, 1, 2, 3)),
                with(given(shown, "ranked"), "ranks", List.of("1", "x", "2", "3")),
                with(given(shown, "skip"), "ranks", List.of(1, 2, 3, 4)))) {
            assertThat(ann.post("/api/preferences", wrong).status())
                    .as(wrong.toString())
                    .isEqualTo(400);
        }
        assertThat(store.preferences()).isEmpty();
        assertThat(ann.post("/api/campaigns", Map.of("name", "x", "plan", Map.of("answers", 1)))
                        .status())
                .isEqualTo(400);
    }
}
