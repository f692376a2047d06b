package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Known;
import dev.heed.feedback.Prompt;
import dev.heed.run.Json;
import dev.heed.world.Demonstration;
import dev.heed.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From labels in a home to what is wrong with them. */
class QualityCommandTest {
    private static final int COMPARISONS = 300;

    @TempDir
    static Path home;

    @BeforeAll
    static void label() {
        List<Demonstration> answers = World.of(1).demonstrations(COMPARISONS);
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < COMPARISONS; i++) { // an answer, and one to another question
            Prompt prompt = answers.get(i).prompt();
            Demonstration other = answers.get((i + 1) % COMPARISONS);
            comparisons.add(new Comparison(0, 1, prompt, said(answers.get(i)), said(other), 0));
        }
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.addComparisons(comparisons);
            store.campaigns().setGold(new Known(3, Answer.FIRST), "lea", Instant.now());
        }
        run("label");
        assertThat(run("label", "--labeler=lefty", "--always-left=1")
                        .at("/preferences")
                        .asInt())
                .isGreaterThan(COMPARISONS / 2);
    }

    private static Completion said(Demonstration demonstration) {
        return new Completion(demonstration.completion(), "text", true);
    }

    private static JsonNode run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--home=" + home, "--quiet", "--json"));
        return Said.by(all.toArray(String[]::new)).json();
    }

    @Test
    void whoAlwaysTakesTheLeftStandsOut() {
        JsonNode quality = run("quality");
        assertThat(quality.at("/agreed/cohen/interval/mean").isNumber()).isTrue();
        JsonNode lefty = labeler(quality, "lefty");
        assertThat(lefty.at("/flags").findValuesAsText("kind")).contains("always_one_side");
        assertThat(lefty.at("/left/interval/mean").asDouble()).isEqualTo(1);
        for (String other : List.of("ada", "ben")) {
            assertThat(labeler(quality, other).at("/flags").findValuesAsText("kind"))
                    .doesNotContain("always_one_side", "position_bias");
            assertThat(labeler(quality, other).at("/reliability").asDouble())
                    .isGreaterThan(lefty.at("/reliability").asDouble());
        }
        assertThat(lefty.at("/gold/n").asInt()).as("a lead has said it").isEqualTo(1);
    }

    private static JsonNode labeler(JsonNode quality, String name) {
        for (JsonNode labeler : quality.at("/labelers")) {
            if (labeler.path("labeler").asText().equals(name)) {
                return labeler;
            }
        }
        throw new AssertionError("no " + name + " in " + quality);
    }

    @Test
    void peopleAreShownATableAndWhatToDo() {
        String text = Said.by("quality", "--home=" + home).out();
        assertThat(text)
                .contains(
                        "Krippendorff's alpha, strength",
                        "lefty: always one side; takes the left one in 100 %",
                        "to do: ")
                .contains("most disputed comparisons")
                .doesNotContain("NaN", "null");
        assertThat(text.lines().filter(line -> line.startsWith("ada "))).hasSize(1);
    }

    @Test
    void goldComesFromAFileAndTheConsensusGoesToOne() throws IOException {
        Path gold = Files.writeString(
                home.resolve("gold.jsonl"),
                "{\"comparison\": 1, \"answer\": \"first\"}\n{\"comparison\": 2, \"answer\": \"second_much\"}\n");
        Path consensus = home.resolve("consensus.jsonl");
        JsonNode quality = run("quality", "--gold=" + gold, "--consensus=" + consensus);
        assertThat(labeler(quality, "lefty").at("/gold/n").asInt())
                .as("two of the file, one of a lead")
                .isEqualTo(3);
        assertThat(Files.readAllLines(consensus))
                .hasSize(quality.at("/comparisons").asInt())
                .allMatch(line -> line.contains("\"posterior\":"));
    }

    @Test
    void whatALeadDecidedIsTheConsensus() throws IOException {
        Path consensus = home.resolve("decided.jsonl");
        run("quality", "--consensus=" + consensus);
        String before = Files.readAllLines(consensus).get(0);
        JsonNode first = Json.mapper().readTree(before);
        Answer other = first.path("vote").asText().equals("second") ? Answer.FIRST : Answer.SECOND;
        decide(first.path("comparison").asLong(), other);
        run("quality", "--consensus=" + consensus);
        JsonNode decided = Json.mapper().readTree(Files.readAllLines(consensus).get(0));
        assertThat(decided.path("vote").asText()).isEqualTo(other.name().toLowerCase(Locale.ROOT));
        assertThat(decided.path("posterior").asDouble()).isEqualTo(1);
        assertThat(decided.path("first")).as("what was said stays").isEqualTo(first.path("first"));
        decide(first.path("comparison").asLong(), null);
        run("quality", "--consensus=" + consensus);
        assertThat(Files.readAllLines(consensus)).first().isEqualTo(before);
    }

    private static void decide(long comparison, @Nullable Answer answer) {
        try (FeedbackStore store = FeedbackStore.open(home)) {
            store.adjudicate(new Adjudication(UUID.randomUUID(), comparison, answer, "lea", Instant.now()));
        }
    }

    @Test
    void importedPreferencesCount() throws IOException {
        Path file = Files.writeString(
                home.resolve("pairs.jsonl"), "{\"prompt\": \"Hi?\", \"chosen\": \"Hello!\", \"rejected\": \"No.\"}\n");
        String other = "--home=" + home.resolve("imported");
        assertThat(Said.by("import", "preferences", file.toString(), other).exitCode())
                .isZero();
        JsonNode quality = Said.by("quality", "--json", other).json();
        assertThat(quality.at("/answers").asInt()).isEqualTo(1);
        assertThat(quality.at("/agreed/percent/undefined").asText())
                .isEqualTo("0 comparisons were answered by two or more labelers; 10 are needed");
    }

    @Test
    void badInputIsNamed() throws IOException {
        Path gold = Files.writeString(
                home.resolve("bad.jsonl"),
                "{\"comparison\": 1, \"answer\": \"first\"}\n{\"comparison\": 2, \"answer\": \"skip\"}\n");
        Said said = Said.by("quality", "--gold=" + gold, "--home=" + home);
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo("%s line 2: answer must be one of first, tie, second and their kin, was skip%n", gold);
        assertThat(Said.by("quality", "--home=" + home.resolve("empty")).err())
                .startsWith("no preferences in " + home.resolve("empty"));
        assertThat(Said.by("label", "--careless=0.5", "--home=" + home).err())
                .startsWith("whose faults are these? name the labeler with --labeler NAME");
    }
}
