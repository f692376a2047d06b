package dev.heed.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Storage;
import dev.heed.db.Stored;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Pair;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.text.PreferenceRow;
import dev.heed.text.ReadRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Storage.class)
class ExportTest extends Stored {
    ExportTest(Storage storage, @TempDir Path folder) {
        super(storage, folder);
    }

    @BeforeEach
    void speak() {
        Spoken.into(store);
    }

    private static byte[] exported(FeedbackStore from, String file, Filter filter) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Export.find(file).orElseThrow().writeTo(out, from, filter);
        return out.toByteArray();
    }

    private static String text(FeedbackStore from, String file) throws IOException {
        return new String(exported(from, file, Filter.NONE), StandardCharsets.UTF_8);
    }

    private List<JsonNode> rows(String file) throws IOException {
        return text(store, file).lines().map(ExportTest::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return Json.mapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    private Import.Told read(FeedbackStore into, Path file) {
        return Import.run(into, Import.Order.of(file, "", false), rows -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"events.jsonl", "events.jsonl.gz", "events.csv", "all.zip"})
    void eventsComeBackByteForByteAndASecondTimeAddNothing(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), exported(store, name, Filter.NONE));
        String db = storage.newDatabase();
        try (FeedbackStore other = FeedbackStore.open(folder.resolve("other"), db)) {
            Import.Told told = read(other, file);
            int more = name.equals("all.zip") ? 1 : 0; // the demonstration
            assertThat(told.added()).isEqualTo(15 + more);
            assertThat(told.leftOut()).isEmpty();
            for (String shape : List.of(
                    "events.jsonl",
                    "events.csv",
                    "preferences.jsonl",
                    "pairs.csv",
                    "trl.jsonl",
                    "rankings.jsonl",
                    "ratings.jsonl",
                    "hh.jsonl")) {
                assertThat(text(other, shape)).as(shape).isEqualTo(text(store, shape));
            }
            if (more > 0) {
                assertThat(text(other, "demonstrations.jsonl")).isEqualTo(text(store, "demonstrations.jsonl"));
            }
            assertThat(other.excluded()).containsExactly("mia");
            assertThat(other.campaigns().all()).extracting("name", "open").contains(tuple("Kindness", false));
            String before = text(other, "events.jsonl");
            told = read(other, file);
            assertThat(told.text()).startsWith("0 new, %d already there".formatted(15 + more));
            assertThat(text(other, "events.jsonl")).isEqualTo(before);
        }
        try (FeedbackStore again = FeedbackStore.open(folder.resolve("other"), db)) {
            assertThat(again.found().replayed())
                    .as("journal and database agree")
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "preferences.jsonl",
                "preferences.csv",
                "rankings.jsonl",
                "ratings.jsonl",
                "demonstrations.jsonl",
                "demonstrations.csv"
            })
    void otherShapesComeBackToo(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), exported(store, name, Filter.NONE));
        try (FeedbackStore other = FeedbackStore.open(folder.resolve("other"), storage.newDatabase())) {
            read(other, file);
            assertThat(ungrouped(text(other, name))).isEqualTo(ungrouped(text(store, name)));
            assertThat(read(other, file).added()).isZero();
        }
    }

    /** What is imported is of another round, so of another group. */
    private static String ungrouped(String rows) {
        return rows.replaceAll(",\"group\":\"\\w+\"", "").replaceAll("\"\\w{16}\"\r", "\r");
    }

    @Test
    void pairsAreWhatMostSayWithHowManyAgree() throws IOException {
        assertThat(rows("pairs.jsonl").stream().limit(5).map(Object::toString).toList())
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains(
                                        "\"chosen\":\"+1\"",
                                        "\"strength\":2",
                                        "\"labelers\":[\"ann\",\"bob\"]",
                                        "\"agreement\":1.0"),
                        second -> assertThat(second).contains("\"chosen\":\"'=quoted\"", "\"strength\":1", "[\"bob\"]"),
                        third -> assertThat(third).contains("\"strength\":3", "\"rejected\":\"\""),
                        fifth -> assertThat(fifth).contains("\"chosen\":\"short\"", "[\"=bob\"]"),
                        sixth -> assertThat(sixth).contains("\"chosen\":\"a\"", "\"strength\":0", "\"agreement\":1.0"));
        assertThat(rows("pairs.jsonl").stream().skip(5).map(Object::toString).toList())
                .as("of a ranking, every two")
                .satisfiesExactly(
                        parted -> assertThat(parted).contains("\"strength\":0", "\"agreement\":0.0"),
                        one -> assertThat(one).contains("\"chosen\":\"=best\"", "\"strength\":2", "\"agreement\":1.0"),
                        half -> assertThat(half).contains("\"chosen\":\"fair\"", "\"agreement\":0.5"));
        assertThat(rows("preferences.jsonl")).as("a ranking is three pairs").hasSize(7 + 2 * 3);
        assertThat(rows("events.jsonl")).hasSize(15);
    }

    @Test
    void whatALeadDecidedStandsForAllThatWasSaid() throws IOException {
        store.adjudicate(new Adjudication(Spoken.id("decision"), 1, Answer.SECOND_MUCH, "lea", Instant.now()));
        List<Pair> learned = store.pairs();
        assertThat(rows("preferences.jsonl")).hasSameSizeAs(learned);
        assertThat(rows("preferences.jsonl").get(0).path("labeler").asText()).isEqualTo("lea");
        assertThat(rows("pairs.jsonl").get(0).path("chosen").asText()).isEqualTo("@two\nlines");
        assertThat(rows("events.jsonl").get(0).path("decided").asText()).isEqualTo("second_much");
        assertThat(rows("events.jsonl")).as("nothing of it is lost").hasSize(15);
    }

    @Test
    void whatALeadDecidedOfARankingStandsForAllOrders() throws IOException {
        Comparison ranking = store.comparisons().stream()
                .filter(one -> one.kind() == Kind.RANKING)
                .findFirst()
                .orElseThrow();
        Judgement order = ranking.form().judgement(Answer.RANKED, List.of(3, 2, 1), null);
        store.adjudicate(new Adjudication(
                Spoken.id("order"), ranking.id(), order.answer(), order.grades(), "lea", Instant.now()));
        assertThat(rows("preferences.jsonl")).hasSameSizeAs(store.pairs());
        List<JsonNode> pairs = rows("pairs.jsonl").stream()
                .filter(row -> row.path("labelers").toString().equals("[\"lea\"]"))
                .toList();
        assertThat(pairs)
                .extracting(row -> row.path("chosen").asText())
                .containsExactly(
                        ranking.texts().get(1),
                        ranking.texts().get(2),
                        ranking.texts().get(2));
        assertThat(rows("events.jsonl").stream().filter(row -> row.has("decided_grades")))
                .isNotEmpty()
                .allSatisfy(row ->
                        assertThat(row.at("/decided_grades/ranks").toString()).isEqualTo("[3,2,1]"));
        assertThat(rows("rankings.jsonl")).as("what each labeler said stays").hasSize(2);
    }

    @Test
    void filtersLeaveOtherCampaignsAndRoundsOut() throws IOException {
        assertThat(new String(exported(store, "events.jsonl", new Filter("Kindness", null)), StandardCharsets.UTF_8)
                        .lines())
                .hasSize(1);
        assertThat(new String(exported(store, "events.jsonl", new Filter("", 3)), StandardCharsets.UTF_8).lines())
                .hasSize(2);
        assertThat(new String(exported(store, "pairs.jsonl", new Filter(null, 9)), StandardCharsets.UTF_8))
                .isEmpty();
    }

    @Test
    void trlAndTranscriptsAreReadAsWhatTheySay() throws IOException {
        ReadRows<Pair> trl = ReadRows.of(
                Files.write(folder.resolve("trl.jsonl"), exported(store, "trl.jsonl", new Filter(null, 0))),
                line -> PreferenceRow.pair(line, "x"));
        assertThat(trl.good()).extracting(Pair::chosen).containsExactly("short");
        JsonNode row = rows("trl.jsonl").get(0);
        assertThat(row.at("/prompt/0/role").asText()).isEqualTo("user");
        assertThat(row.at("/chosen/0").toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"+1\"}");
        ReadRows<Pair> hh = ReadRows.of(
                Files.write(folder.resolve("hh.jsonl"), exported(store, "hh.jsonl", new Filter(null, 0))),
                line -> PreferenceRow.pair(line, "x"));
        assertThat(hh.errors()).isEmpty();
        assertThat(hh.good()).extracting(pair -> pair.prompt().text()).containsExactly("Why?");
        assertThat(rows("hh.jsonl").get(2).path("chosen").asText()).isEqualTo("\n\nHuman: Why?\n\nAssistant: short");
        assertThat(rows("hh.jsonl")).as("the system message cannot be said").hasSize(3 + 2);
    }

    @Test
    void noCellOfATableReadsAsAFormula() throws IOException {
        assertThat(text(store, "events.csv"))
                .contains("\"'=cmd()\"", "\"'+1\"", "\"'@two\n", "\"''=quoted\"", "\"'=bob\"", "\"'=1+1,");
        assertThat(text(store, "events.csv").replace("\"\"", "")).doesNotContainPattern("(^|,|\")[=+@-]");
    }

    @Test
    void aManifestSaysWhatTheFilesAre() throws IOException {
        Path file = Files.write(folder.resolve("all.zip"), exported(store, "all.zip", new Filter(null, 1)));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            JsonNode manifest = Json.mapper().readTree(zip.getInputStream(zip.getEntry("manifest.json")));
            assertThat(manifest.path("filter").toString()).isEqualTo("{\"round\":1}");
            assertThat(manifest.path("excluded").toString()).isEqualTo("[\"mia\"]");
            assertThat(manifest.path("last_preference").asInt()).isEqualTo(15);
            assertThat(manifest.path("files")).hasSize(8);
            for (JsonNode told : manifest.path("files")) {
                byte[] bytes = zip.getInputStream(zip.getEntry(told.path("name").asText()))
                        .readAllBytes();
                assertThat(Hashes.sha256(bytes)).isEqualTo(told.path("sha256").asText());
                assertThat(bytes).hasSize(told.path("bytes").asInt());
                assertThat(new String(bytes, StandardCharsets.UTF_8).lines())
                        .hasSize(told.path("rows").asInt());
            }
        }
    }

    // ---- zip files that are none of ours ----

    private Path zip(String name, UnaryOperator<Map<String, byte[]>> change) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        Path whole = Files.write(folder.resolve("whole.zip"), exported(store, "all.zip", Filter.NONE));
        try (ZipFile zip = new ZipFile(whole.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                files.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> one : change.apply(files).entrySet()) {
                zip.putNextEntry(new ZipEntry(one.getKey()));
                zip.write(one.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    private void refused(Path file, String why) {
        try (FeedbackStore other = FeedbackStore.open(folder.resolve("other"))) {
            assertThatThrownBy(() -> read(other, file))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining(why);
            assertThat(other.tally().preferences()).isZero();
        }
    }

    private static UnaryOperator<Map<String, byte[]>> with(String name, byte[] content) {
        return files -> {
            files.put(name, content);
            return files;
        };
    }

    @Test
    void aZipFileThatWasChangedOrIsNoneOfOursIsRefused() throws IOException {
        refused(zip("a.zip", with("events.jsonl", new byte[] {'\n'})), "was changed after it was made");
        refused(zip("b.zip", with("../../evil.sh", new byte[3])), "it names a file '../../evil.sh'");
        refused(zip("c.zip", with("/etc/passwd", new byte[3])), "it names a file '/etc/passwd'");
        refused(
                zip("d.zip", with("manifest.json", "{}".getBytes(StandardCharsets.UTF_8))),
                "is an export of the form ''");
        refused(
                zip("e.zip", files -> {
                    files.remove("manifest.json");
                    return files;
                }),
                "it has no manifest.json");
        refused(
                zip("f.zip", files -> {
                    files.remove("events.jsonl");
                    return files;
                }),
                "has no events.jsonl, which its manifest lists");
        refused(
                zip("g.zip", files -> {
                    for (int i = 0; i < 100; i++) {
                        files.put("f%d.txt".formatted(i), new byte[0]);
                    }
                    return files;
                }),
                "files in it, an export has at most 64");
        refused(Files.writeString(folder.resolve("h.zip"), "no zip"), "is no whole zip file");
        assertThat(folder.toFile().list()).as("nothing is unpacked").doesNotContain("evil.sh", "events.jsonl");
    }

    @Test
    void aBombIsLeftAlone() throws IOException {
        byte[] zeros = new byte[96 << 20]; // packs to a thousandth
        refused(zip("bomb.zip", with("events.jsonl", zeros)), "it is no honest file");
        Path file = folder.resolve("bomb.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(zeros);
        }
        refused(file, "it is no honest file");
    }
}
