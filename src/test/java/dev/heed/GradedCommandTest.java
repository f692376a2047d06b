package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rankings and ratings from files, from models and from simulated labelers, and what a reward model learns from them. */
class GradedCommandTest {
    private static final List<String> COMPLETIONS =
            List.of("In the mill, of course, my friend.", "In the mill.", "No.", "Go away.");

    @TempDir
    static Path home;

    @BeforeAll
    static void makeAModel() throws IOException {
        Path text = Files.writeString(
                home.resolve("text.txt"),
                IntStream.range(0, 60)
                        .mapToObj("The otter number %d lives in the old mill by the river."::formatted)
                        .collect(Collectors.joining("\n\n")));
        run(home, "tokenizer", "--text=" + text, "--vocabulary=300");
        run(
                home,
                "pretrain",
                "--text=" + text,
                "--steps=20",
                "--batch=4",
                "--length=32",
                "--layers=1",
                "--width=32",
                "--heads=2",
                "--intermediate=64",
                "--context=256");
    }

    private static JsonNode run(Path home, String... words) {
        return said(home, words).json();
    }

    private static Said said(Path home, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--home=" + home, "--quiet", "--json"));
        return Said.by(all.toArray(String[]::new));
    }

    private static Path write(Path folder, String name, List<Map<String, Object>> rows) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                rows.stream().map(row -> Json.line(row) + "\n").collect(Collectors.joining()));
    }

    private static List<Map<String, Object>> rankings(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Map.<String, Object>of(
                        "prompt",
                        "Where does the otter number %d live?".formatted(i),
                        "completions",
                        COMPLETIONS,
                        "ranks",
                        i % 4 == 0 ? List.of(1, 1, 2, 3) : List.of(1, 2, 3, 4),
                        "labeler",
                        i % 2 == 0 ? "ann" : "bob"))
                .toList();
    }

    private static Set<JsonNode> lines(Path file) throws IOException {
        Set<JsonNode> lines = new LinkedHashSet<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(Json.mapper().readTree(line));
        }
        return lines;
    }

    @Test
    void whatIsExportedIsImportedAgain(@TempDir Path folder) throws IOException {
        Path rankings = write(folder, "rankings.jsonl", rankings(6));
        Path ratings = write(
                folder,
                "ratings.jsonl",
                List.of(Map.of(
                        "prompt",
                        "a",
                        "completions",
                        List.of("b", "c"),
                        "ratings",
                        Map.of("true", List.of(7, 1), "kind", List.of(2, 2)),
                        "labeler",
                        "ann")));
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        for (int again = 0; again < 2; again++) {
            String fate = again == 0 ? "added" : "there";
            assertThat(run(one, "import", "rankings", rankings.toString())
                            .path(fate)
                            .asInt())
                    .isEqualTo(6);
            assertThat(run(one, "import", "ratings", ratings.toString())
                            .path(fate)
                            .asInt())
                    .isEqualTo(1);
        }
        for (String kind : List.of("rankings", "ratings")) {
            Path first = folder.resolve(kind + "-1.jsonl");
            Path second = folder.resolve(kind + "-2.jsonl");
            int count = kind.equals("rankings") ? 6 : 1;
            assertThat(run(one, "export", kind, first.toString()).path(kind).asInt())
                    .isEqualTo(count);
            run(other, "import", kind, first.toString());
            run(other, "export", kind, second.toString());
            assertThat(lines(second)).isEqualTo(lines(first)).hasSize(count);
        }
        Path pairs = folder.resolve("pairs.jsonl");
        assertThat(run(one, "export", "preferences", pairs.toString())
                        .path("preferences")
                        .asInt())
                .as("every two of four, six times")
                .isEqualTo(36);
        assertThat(lines(pairs).stream()
                        .map(line -> line.path("group").asText())
                        .distinct())
                .hasSize(6)
                .doesNotContain("");
    }

    @Test
    void aRewardModelLearnsFromRankingsAStepForEachBatchOfThem(@TempDir Path folder) throws IOException {
        Path rankings = write(folder, "rankings.jsonl", rankings(60));
        run(home, "import", "rankings", rankings.toString());
        JsonNode told = run(
                home,
                "reward",
                "--model=pretrain",
                "--sample-max-tokens=8",
                "--name=ranked",
                "--batch=8",
                "--epochs=2");
        assertThat(told.toString()).isNotEmpty();
        long elements;
        try (FeedbackStore store = FeedbackStore.open(home)) {
            elements = store.comparisons(0).stream()
                    .filter(one -> one.prompt().split() == Split.TRAIN)
                    .count();
            assertThat(store.pairs()).hasSize(360);
        }
        assertThat(RunLog.metricsOf(RunDir.at(home, "ranked")))
                .as("a ranking is one element of a batch, not six")
                .hasSize((int) (2 * elements / 8));
    }

    @Test
    void aCampaignIsFilledFromAFileAndByAModelAndSimulatedLabelersAnswer(@TempDir Path folder) throws IOException {
        Path own = folder.resolve("home");
        try (FeedbackStore store = FeedbackStore.open(own)) {
            store.campaigns().add("Order", Plan.of(1).with(Kind.RANKING, List.of()), Instant.now());
            store.campaigns().add("Numbers", Plan.of(1).with(Kind.RATING, List.of("true")), Instant.now());
        }
        Path questions = write(
                folder,
                "questions.jsonl",
                IntStream.range(0, 5)
                        .mapToObj(i -> Map.<String, Object>of("prompt", "Question " + i, "completions", COMPLETIONS))
                        .toList());
        for (String campaign : List.of("Order", "Numbers", "Order")) {
            assertThat(run(own, "import", "questions", questions.toString(), "--campaign=" + campaign)
                            .path("questions")
                            .asInt())
                    .isEqualTo(5);
        }
        assertThat(said(own, "import", "questions", questions.toString(), "--campaign=Nobody's")
                        .err())
                .contains("there is no campaign Nobody's; begin it on the page Campaigns of heed serve");
        assertThat(said(own, "import", "questions", questions.toString()).err())
                .contains("heed import questions FILE --campaign NAME: either comes with the other");
        run(own, "import", "prompts", questions.toString());
        run(
                own,
                "sample",
                "--model=" + home.resolve("runs/pretrain/model"),
                "--campaign=Order",
                "--each=5",
                "--count=3",
                "--max-tokens=8");
        run(own, "label", "--round=1");
        try (FeedbackStore store = FeedbackStore.open(own)) {
            long order = store.findCampaign("Order").map(Campaign::id).orElseThrow();
            List<Comparison> sampled = store.comparisons(2);
            assertThat(sampled).isNotEmpty().allSatisfy(one -> {
                assertThat(one.asking().campaign()).isEqualTo(order);
                assertThat(one.form().completions()).isBetween(2, 5);
            });
            assertThat(store.comparisons(1)).extracting(Comparison::kind).containsOnly(Kind.RANKING, Kind.RATING);
            List<Preference> answers = store.preferences();
            assertThat(answers).hasSize(30);
            assertThat(store.pairs()).as("rankings teach, ratings do not").hasSize(90);
        }
        assertThat(run(own, "quality").path("answers").asInt()).isEqualTo(90);
    }
}
