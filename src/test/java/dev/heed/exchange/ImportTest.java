package dev.heed.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Storage;
import dev.heed.db.Stored;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.quality.Agreement;
import dev.heed.quality.Agreement.Level;
import dev.heed.quality.Figure;
import dev.heed.quality.Kappa;
import dev.heed.quality.Quality;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Storage.class)
class ImportTest extends Stored {
    private static final String GOOD = "{`prompt`: `p`, `chosen`: `a`, `rejected`: `b`}";
    private static final String UUID = "00000000-0000-8000-8000-000000000001";

    ImportTest(Storage storage, @TempDir Path folder) {
        super(storage, folder);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content.replace('`', '"'));
    }

    private Import.Told read(Path file) {
        return Import.run(store, Import.Order.of(file, "", false), rows -> {});
    }

    private List<String> bad(Path file) {
        Import.Refused refused = catchThrowableOfType(Import.Refused.class, () -> read(file));
        assertThat(refused).as("refused").isNotNull();
        assertThat(store.tally().preferences()).isZero();
        assertThat(store.tally().comparisons()).isZero();
        return refused.told().bad().stream().map(Import.Bad::toString).toList();
    }

    // ---- what is wrong with a file, by line ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
            {`prompt`: `p`, `chosen`: `a`}                                   | missing field "rejected" (found: prompt, chosen)
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`},                 | not JSON at column
            {`prompt`: `p`, `chosen`: `a`, `rejected`: `b`, `labeler`: ``}   | "labeler" must be a name of 1 to 80 characters, none of them NUL, was ""
            {`answer`: `first`}                                              | missing field "chosen"
            [1]                                                              | must be a JSON object, was a list
            """)
    void aBadLineIsNamedAndNothingIsImported(String line, String reason) throws IOException {
        Path file = file("bad.jsonl", GOOD + "\n" + line + "\n" + GOOD.replace('a', 'c') + "\n");
        assertThat(bad(file))
                .singleElement()
                .asString()
                .startsWith(file + " line 2: ")
                .contains(reason);
        Import.Told told = Import.run(store, Import.Order.of(file, "", true), rows -> {});
        assertThat(told.text()).isEqualTo("2 new, 0 already there, 1 bad row left out (preferences)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
            `id`: `1`                  | "id" must be a UUID, was "1"
            `answer`: `firsst`         | "answer" must be one of first_much, first, first_slightly, tie, second_slightly, second, second_much, both_bad, skip, ranked, rated, was "firsst"
            `first`: 7                 | "first" must be text, was 7
            `at`: `yesterday`          | "at" must be a time such as 2026-11-26T09:30:00Z, was "yesterday"
            `shown_ms`: -1             | "shown_ms" must be a whole number from 0 to 9223372036854775807, was -1
            `reasons`: [1]             | "reasons" must be a list of texts, was 1
            `extra`: `yes`             | "extra" must be true or false, was "yes"
            `replaces`: 3              | "replaces" must be text, was 3
            """)
    void aFieldOfAnEventSaysWhatItWasAndWhatIsAllowed(String field, String reason) throws IOException {
        String good = "{`id`: `%s`, `labeler`: `ann`, `answer`: `tie`, `prompt`: `p`, `first`: `a`, `second`: `b`"
                .formatted(UUID);
        Path file = file("events.jsonl", good + ", " + field + "}\n"); // the last of two equal fields holds
        assertThat(bad(file)).containsExactly(file + " line 1: " + reason);
    }

    @Test
    void bytesThatAreNoTextAndLinesWithoutEndAreNamed() throws IOException {
        Path latin = Files.write(
                folder.resolve("latin.jsonl"),
                (GOOD.replace('`', '"') + "\n{\"prompt\": \"caf\u00e9\"}").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(bad(latin)).containsExactly(latin + " line 2: not UTF-8: byte 0xE9 at position 16");
        Path longest = file("long.jsonl", GOOD + "\n" + "x".repeat(10_000_001) + "\n");
        assertThat(bad(longest)).containsExactly(longest + " line 2: 10000001 bytes long, at most 10000000 are read");
        Path deep = file(
                "deep.jsonl",
                "{`prompt`: " + "[".repeat(1001) + "]".repeat(1001) + ", `chosen`: `a`, `rejected`: `b`}\n");
        assertThat(bad(deep))
                .singleElement()
                .asString()
                .startsWith(deep + " line 1: not JSON")
                .contains("nesting depth");
        Path deepList = file("deep.json", "[{`prompt`: " + "[".repeat(1001) + "]".repeat(1001) + "}]");
        assertThat(bad(deepList))
                .singleElement()
                .asString()
                .startsWith(deepList + " line 1: not JSON")
                .contains("nesting depth");
        Path cut = file("cut.json", "[\n" + GOOD + ",\n" + GOOD.replace('a', 'c') + ",\n]");
        assertThat(bad(cut)).singleElement().asString().startsWith(cut + " line 4: not JSON at column ");
        Path longList = file("long.json", "[" + GOOD + ",\n{`prompt`: `" + "x".repeat(11_000_000) + "`}]");
        assertThat(bad(longList)).singleElement().asString().contains("longer than the 10000000 bytes that are read");
    }

    @Test
    void tablesSayTheirLineToo() throws IOException {
        Path file = file("pairs.csv", "prompt,chosen,rejected,strength\r\n`p`,`a\nb`,`c`,2\r\np,a,b,two\r\np,a\r\n");
        assertThat(bad(file))
                .containsExactly(
                        file + " line 4: \"strength\" must be a number, true or false, was \"two\"",
                        file + " line 5: 2 cells where the first line names 4 columns");
        Path open = file("open.csv", "prompt,chosen,rejected\r\np,`a,b\r\n");
        assertThat(bad(open)).containsExactly(open + " line 2: a quote is opened and never closed");
        Path latin = Files.write(
                folder.resolve("latin.csv"),
                "prompt,chosen,rejected\ncaf\u00e9,a,b\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(bad(latin)).containsExactly(latin + " line 2: not UTF-8: byte 0xE9 at position 4");
    }

    @Test
    void marksReturnsAndBlankLinesArePassedOver() throws IOException {
        assertThat(read(file("dos.jsonl", "\uFEFF" + GOOD + "\r\n\r\n")).added())
                .isEqualTo(1);
        assertThat(read(file("dos.csv", "\uFEFFprompt,chosen,rejected\r\nq,a,b\r\n"))
                        .added())
                .isEqualTo(1);
        assertThat(read(file("list.json", "\uFEFF [" + GOOD.replace("`p`", "`r`") + "]"))
                        .added())
                .isEqualTo(1);
    }

    @Test
    void anEmptyFileAMissingOneAndAnUnknownFormatAreRefused() throws IOException {
        Path empty = file("empty.jsonl", "\n");
        assertThatThrownBy(() -> read(empty))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(empty + " is empty; ");
        Path missing = folder.resolve("missing.jsonl");
        assertThatThrownBy(() -> read(missing)).isInstanceOf(UserError.class).hasMessage("no file " + missing);
        Path unknown = file("unknown.jsonl", "{`x`: 1}\n");
        assertThat(bad(unknown))
                .singleElement()
                .asString()
                .contains("in no format that Heed knows", "its fields are: x");
        assertThatThrownBy(() -> Import.Order.of(empty, "excel", false))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("--format must be one of events, pandalm, tulu, ");
    }

    @Test
    void whatIsContradictedIsLeftOutAndNamed() throws IOException {
        String event = "{`id`: `%s`, `labeler`: `ann`, `answer`: `%s`, `prompt`: `p`, `first`: `a`, `second`: `b`}\n";
        String other = UUID.replace('1', '2');
        Path file = file(
                "events.jsonl",
                event.formatted(UUID, "first")
                        + event.formatted(UUID, "first")
                        + event.formatted(UUID, "second")
                        + event.formatted(other, "first")
                        + event.formatted(other.replace('2', '3'), "second"));
        Import.Told told = read(file);
        assertThat(told.text()).isEqualTo("1 new, 2 already there, 2 left out: contradicted by what is there (events)");
        assertThat(told.bad()).extracting(Import.Bad::line).containsExactly(3L, 5L);
        assertThat(store.preferences()).extracting(Preference::answer).containsExactly(Answer.FIRST);
    }

    @Test
    void aTransactionIsMadeOfGoodRowsHoweverFarTheBadOneIs() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1300; i++) {
            lines.append(GOOD.replace("`p`", "`p" + i + "`")).append('\n');
        }
        Path file = file("far.jsonl", lines + "{}\n");
        assertThat(bad(file)).singleElement().asString().startsWith(file + " line 1301: ");
        Path whole = file("whole.jsonl", lines.toString());
        List<Long> told = new ArrayList<>();
        assertThat(Import.run(store, Import.Order.of(whole, "", false), told::add)
                        .text())
                .isEqualTo("1,300 new, 0 already there (preferences)");
        assertThat(told).containsExactly(500L, 1000L, 1300L, 500L, 1000L, 1300L);
        assertThat(read(whole).text()).isEqualTo("0 new, 1,300 already there (preferences)");
    }

    // ---- studies ----

    private static Path shared(String path) {
        Path file = Path.of(System.getProperty("heed.shared", "../shared"), "data", "preference", path);
        if (!Files.exists(file)) {
            System.out.println("skipped, not there: " + file);
        }
        Assumptions.assumeTrue(Files.exists(file), () -> "no " + file + "; set -Dheed.shared");
        return file;
    }

    private static double mean(Figure figure) {
        return Objects.requireNonNull(figure.interval(), figure.undefined()).mean();
    }

    /** What an agreement is by direct computation of a file in PandaLM's form, against Heed's own of the store. */
    private void agreesWithTheFile(Path file) {
        JsonNode rows = Json.read(file);
        double[][] ratings = new double[3][rows.size()];
        int[][] counts = new int[rows.size()][3];
        for (int i = 0; i < rows.size(); i++) {
            for (int a = 0; a < 3; a++) {
                int said = rows.get(i).path("annotator" + (a + 1)).asInt();
                ratings[a][i] = said;
                counts[i][said]++;
            }
        }
        Import.Told told = read(file);
        assertThat(told.added()).isEqualTo(3L * rows.size());
        assertThat(told.leftOut()).isEmpty();
        Quality quality = Quality.of(store.comparisons(), store.preferences(), Map.of(), 0);
        assertThat(quality.comparisons()).isEqualTo(rows.size());
        assertThat(mean(quality.agreed().percent())).isEqualTo(Agreement.percent(ratings), within());
        assertThat(mean(quality.agreed().fleiss())).isEqualTo(Kappa.fleiss(counts), within());
        assertThat(mean(quality.agreed().alphaNominal()))
                .isEqualTo(Agreement.krippendorff(ratings, Level.NOMINAL), within());
        assertThat(mean(quality.agreed().cohen()))
                .isEqualTo(
                        (cohen(counts.length, ratings, 0, 1)
                                        + cohen(counts.length, ratings, 0, 2)
                                        + cohen(counts.length, ratings, 1, 2))
                                / 3,
                        within());
        assertThat(read(file).added()).isZero();
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-9);
    }

    private static double cohen(int items, double[][] ratings, int one, int other) {
        double equal = 0;
        double[][] given = new double[2][3];
        for (int i = 0; i < items; i++) {
            equal += ratings[one][i] == ratings[other][i] ? 1.0 / items : 0;
            given[0][(int) ratings[one][i]] += 1.0 / items;
            given[1][(int) ratings[other][i]] += 1.0 / items;
        }
        double chance = given[0][0] * given[1][0] + given[0][1] * given[1][1] + given[0][2] * given[1][2];
        return (equal - chance) / (1 - chance);
    }

    @Test
    void threeAnnotatorsAgreeAsTheirFileSays() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("idx", i);
            row.put(
                    "cmp_key",
                    "model-a_model-%s".formatted(i % 2 == 0 ? "b" : "c")); // the same texts of two models are two items
            row.put("instruction", "Say it again: " + i / 2);
            row.put("input", i % 3 == 0 ? "" : "please");
            row.put("response1", i == 4 ? true : "one");
            row.put("response2", "two");
            row.put("annotator1", i % 3);
            row.put("annotator2", i % 5 == 0 ? (i + 1) % 3 : i % 3);
            row.put("annotator3", i % 7 == 0 ? (i + 2) % 3 : i % 3);
            rows.add(row);
        }
        agreesWithTheFile(file("study.json", Json.text(rows)));
        assertThat(store.comparisons(0)).extracting(c -> c.second().model()).contains("model-b", "model-c");
    }

    @Test
    void pandaLmsAnnotatorsAgreeAsTheirFileSays() {
        agreesWithTheFile(shared("pandalm/testset-v1.json"));
    }

    @Test
    void tulusEvaluatorsKeepTheirNamesSidesAndTimes() {
        Path file = shared("tulu1-human-eval/annotations.jsonl.gz");
        Import.Told told = read(file);
        System.out.println("Tulu: " + told.text());
        assertThat(told.rows()).isEqualTo(1150);
        assertThat(told.leftOut()).containsEntry("with two equal texts", 39L);
        long contradicted = told.leftOut().getOrDefault("contradicted by what is there", 0L);
        assertThat(told.added() + told.there() + contradicted).isEqualTo(1150 - 39);
        assertThat(store.preferences().stream().map(Preference::labeler).collect(Collectors.toSet()))
                .hasSize(16)
                .contains("tulu-yo");
        assertThat(store.preferences().stream().filter(p -> p.answer() == Answer.BOTH_BAD))
                .isNotEmpty();
        assertThat(store.preferences().stream().map(Preference::secondOnLeft).collect(Collectors.toSet()))
                .hasSize(2);
        Import.Told again = read(file);
        assertThat(again.added()).isZero();
        assertThat(again.there()).isEqualTo(told.added() + told.there());
    }

    @Test
    void aTreesRankedRepliesBecomeRankingsAndPairs() throws IOException {
        String reply = "{`role`: `assistant`, `text`: `%s`, `rank`: %d, `deleted`: %s, `replies`: [%s]}";
        String question = "{`role`: `prompter`, `text`: `and?`, `replies`: [%s, %s]}"
                .formatted(reply.formatted("x", 1, false, ""), reply.formatted("y", 0, false, ""));
        Path file = file(
                "trees.jsonl",
                "{`message_tree_id`: `1`, `prompt`: {`role`: `prompter`, `text`: `why?`, `replies`: [%s, %s, %s, %s]}}\n"
                        .formatted(
                                reply.formatted("third", 2, false, ""),
                                reply.formatted("first", 0, false, question),
                                reply.formatted("second", 1, false, ""),
                                reply.formatted("gone", 3, true, "")));
        assertThat(read(file).text()).isEqualTo("2 new, 0 already there (open-assistant)");
        Set<String> pairs = new HashSet<>();
        store.eachPair(
                pair -> pairs.add(pair.prompt().messages().size() + " " + pair.chosen() + ">" + pair.rejected()));
        assertThat(pairs).containsExactlyInAnyOrder("1 first>second", "1 first>third", "1 second>third", "3 y>x");
    }

    @Test
    void openAssistantsTreesAreRead() {
        Import.Told told = read(shared("oasst-en100/en_100_tree.jsonl.gz"));
        System.out.println("OpenAssistant: " + told.text());
        assertThat(store.pairs()).as("as the file's own pairs").hasSizeBetween(730, 754);
        assertThat(read(shared("oasst-en100/en_100_tree.jsonl.gz")).added()).isZero();
    }

    @Test
    void transcriptsOfHhAreRead() {
        Path file = shared("hh-rlhf-test/helpful-base.test.jsonl.gz");
        Import.Told told = Import.run(store, Import.Order.of(file, "hh", true), rows -> {});
        System.out.println("HH: " + told.text());
        assertThat(told.rows()).isEqualTo(2354);
        assertThat(told.skipped()).isEqualTo(2354 - 2338);
        assertThat(told.added()).isGreaterThan(2300);
    }

    @Test
    void demonstrationsAndPromptsAreToldByTheirFields() throws IOException {
        Path demonstrations = file(
                "d.jsonl",
                "{`prompt`: `p`, `completion`: `c`}\n{`messages`: [{`role`: `user`, `content`: `q`}, {`role`: `assistant`, `content`: `r`}]}\n");
        assertThat(read(demonstrations).text()).isEqualTo("2 new, 0 already there (demonstrations)");
        assertThat(read(demonstrations).text()).isEqualTo("0 new, 2 already there (demonstrations)");
        assertThat(store.demonstrations()).extracting("text").containsExactly("c", "r");
        Path prompts = file("p.jsonl", "{`prompt`: `p`}\n{`prompt`: `s`}\n");
        assertThat(read(prompts).text()).isEqualTo("1 new, 1 already there (prompts)");
        List<Comparison> none = store.comparisons();
        assertThat(none).isEmpty();
    }
}
