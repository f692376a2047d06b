package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Hashes;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people get wrong: exit code 2, one line that names the value and what to do, and everything as it was before. */
class BadInputTest {
    private static final List<String> ENGINE = List.of("--threads=2", "--precision=fp32", "--quiet");

    /** A home with a tokenizer, a model of one step, and a prompt. */
    @TempDir
    static Path home;

    @TempDir
    Path folder;

    private Map<String, String> before = Map.of();

    @BeforeAll
    static void makeAModel() throws IOException {
        Path text = home.resolve("text.txt");
        Files.writeString(
                text,
                IntStream.range(0, 60)
                        .mapToObj(i -> "The otter number %d lives in the old mill by the river.".formatted(i))
                        .collect(Collectors.joining("\n\n")));
        Path prompts = home.resolve("prompts.jsonl");
        Files.writeString(prompts, "{\"prompt\": \"Where does the otter live?\"}\n");
        good(home, "tokenizer", "--text=" + text, "--vocabulary=300");
        good(
                home,
                "pretrain",
                "--text=" + text,
                "--steps=1",
                "--batch=2",
                "--length=16",
                "--layers=1",
                "--width=16",
                "--heads=2",
                "--intermediate=32",
                "--context=64");
        good(home, "import", "prompts", prompts.toString());
    }

    private static Said good(Path at, String... words) {
        Said said = said(at, words);
        assertThat(said.exitCode()).as(said.err()).isZero();
        return said;
    }

    private static Said said(Path at, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--home=" + at);
        all.addAll(ENGINE);
        return Said.by(all.toArray(String[]::new));
    }

    @BeforeEach
    void remember() throws IOException {
        before = state();
    }

    /** All that a home keeps: runs and journal, by content. The lock and H2's own file change when they are opened. */
    private static Map<String, String> state() throws IOException {
        Map<String, String> state = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = home.relativize(file).toString();
                if (!name.equals("lock") && !name.endsWith(".db")) {
                    state.put(name, Hashes.sha256(Files.readAllBytes(file)));
                }
            }
        }
        return state;
    }

    private void refused(String message, String... words) throws IOException {
        Said said = said(home, words);
        assertThat(said.err()).hasLineCount(1).contains(message);
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(state()).as("nothing is damaged").isEqualTo(before);
    }

    // ---- options ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ppo --kl-coeff=1         | Unknown option: '--kl-coeff=1'  Possible solutions: --kl-coef",
                "demo --ppo-klcoef=1      | Unknown option: '--ppo-klcoef=1'",
                "demo --bogus=1           | Unknown option: '--bogus=1'; heed demo --help lists them",
                "pretrian                 | Unknown command: 'pretrian'  Did you mean: pretrain; heed --help lists them",
                "pretrain --text=t --lr=0 | --lr must be above 0, was 0.0",
                "pretrain --text=t --width=100 --heads=6 | --width must be a multiple of twice --heads, was 100 with 6 heads",
                "ppo --clip=2             | --clip must be",
                "ppo --gamma=1.5          | --gamma must be",
                "ppo --minibatches=0      | --minibatches must be",
                "ppo --lr=fast            | 'fast'",
                "demo --ppo-clip=2        | --ppo-clip must be",
                "grpo --completions=1     | --completions must be at least 2, was 1",
                "grpo --clip=1            | --clip must be between 0.001 and 0.999, was 1.0",
                "grpo --kl-coef=-1        | --kl-coef must be at least 0, was -1.0",
                "rloo --completions=1     | --completions must be at least 2 with --baseline=others, was 1",
                "online-dpo --completions=1 | --completions must be at least 2, was 1",
                "rejection --keep=0       | --keep must be above 0, was 0.0",
                "sft --demonstrations=x --pack=-1 | --pack must be at least 0, was -1",
                "dpo --sync-every=5 --reference-free | --sync-every=5 needs a reference; leave out --reference-free, or --sync-every",
                "demo --rounds=0          | --rounds must be",
                "reward --centering=-1    | --centering must be at least 0, was -1.0",
                "sample --temperature=-1  | --temperature must be at least 0, was -1.0",
                "sample --top-p=0         | --top-p must be above 0, was 0.0",
                "sample --min-p=1.5       | --min-p must be between 0 and 1, was 1.5",
                "sample --top-k=-1        | --top-k must be at least 0, was -1",
                "sft                      | --demonstrations",
                "import                   | Missing required",
                "import pears x           | pears",
                "runs --threads=-1        | --threads must be at least 0, was -1",
                "runs --precision=fp8     | --precision must be one of auto, fp32, bf16, was 'fp8'",
                "runs @none               | no recipe @none: neither one of Heed's own nor a file",
            })
    void options(String words, String message) throws IOException {
        List<String> split = new ArrayList<>(List.of(words.strip().split(" ")));
        split.add("--home=" + home);
        Said said = Said.by(split.toArray(String[]::new));
        assertThat(said.err()).hasLineCount(1).contains(message.strip());
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(state()).isEqualTo(before);
    }

    // ---- models and tokenizers ----

    private Path modelWithout(String part) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("model"));
        try (Stream<Path> files = Files.list(home.resolve("runs/pretrain/model"))) {
            for (Path file : files.toList()) {
                if (!file.endsWith(part)) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        }
        return copy;
    }

    @Test
    void aModelThatIsNotThere() throws IOException {
        refused(
                "no model 'none': neither a folder with config.json and model.safetensors nor a run of " + home
                        + " (it has pretrain)",
                "sample",
                "--model=none",
                "--prompt=hi");
        refused("no model 'sft'", "reward");
        refused("no model 'sft'", "ppo");
        refused("no model 'sft'", "grpo");
        refused("no model 'sft'", "rloo");
        refused("no model 'sft'", "online-dpo");
        refused("no model 'sft'", "rejection");
        refused("no tokenizer 'none'", "pretrain", "--text=" + home.resolve("text.txt"), "--tokenizer=none");
    }

    @Test
    void aModelThatIsNotWhole() throws IOException {
        refused("no model '", "sample", "--prompt=hi", "--model=" + modelWithout("model.safetensors"));
    }

    @Test
    void aModelThatWasCutShort() throws IOException {
        Path model = modelWithout("nothing");
        Path weights = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length / 2));
        refused(weights + " is not a whole safetensors file", "sample", "--prompt=hi", "--model=" + model);
    }

    @Test
    void aModelWhoseIndexPointsOutOfItsFolder() throws IOException {
        Path model = modelWithout("model.safetensors");
        Path index = Files.writeString(
                model.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"model.norm.weight\": \"../model.safetensors\"}}");
        refused(
                index + " names the shard '../model.safetensors'; a shard is a .safetensors file of the same folder",
                "sample",
                "--prompt=hi",
                "--model=" + model);
    }

    @Test
    void aModelThatIsAPickle() throws IOException {
        Path model = modelWithout("model.safetensors");
        Files.createFile(model.resolve("pytorch_model.bin"));
        refused(
                model + " holds pytorch_model.bin, which Heed does not read",
                "sample",
                "--prompt=hi",
                "--model=" + model);
    }

    @Test
    void aModelWithoutATokenizer() throws IOException {
        refused("tokenizer.json", "sample", "--prompt=hi", "--model=" + modelWithout("tokenizer.json"));
    }

    @Test
    void aTokenizerOfAnotherSize() throws IOException {
        Path other = folder.resolve("other");
        good(other, "tokenizer", "--text=" + home.resolve("text.txt"), "--vocabulary=280");
        Path model = modelWithout("tokenizer.json");
        Files.copy(other.resolve("runs/tokenizer/model/tokenizer.json"), model.resolve("tokenizer.json"));
        String message =
                "tokenizer %s has 280 entries, model %s expects ".formatted(model.resolve("tokenizer.json"), model);
        refused(message, "sample", "--prompt=hi", "--model=" + model);
        Path demonstrations =
                Files.writeString(folder.resolve("d.jsonl"), "{\"prompt\": \"Hi\", \"completion\": \"Hello\"}\n");
        refused(message, "sft", "--demonstrations=" + demonstrations, "--model=" + model);
    }

    @Test
    void aFailedRunMayBeTriedAgainWithOtherSettings() throws IOException {
        Path model = modelWithout("nothing");
        Path weights = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length / 2));
        Path demonstrations =
                Files.writeString(folder.resolve("d.jsonl"), "{\"prompt\": \"Hi\", \"completion\": \"Hello\"}\n");
        String[] words = {"sft", "--demonstrations=" + demonstrations, "--model=" + model, "--name=tried"};
        refused("is not a whole safetensors file", words);
        assertThat(home.resolve("runs/tried")).doesNotExist();
    }

    // ---- files of text ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt\": \"Hi\", \"completion\": \"Hello\"}~{\"prompt\": | line 2 is no demonstration",
                "{\"prompt\": \"Hi\", \"completion\": \"Hello\"}~{\"prompt\": \"Hi\"} | line 2 is no demonstration: missing field \"completion\" (found: prompt)",
                "{\"prompt\": \"Hi\", \"answer\": \"Hello\"} | line 1 is no demonstration: missing field \"completion\" (found: prompt, answer)",
                "null | line 1 is no demonstration: must be a JSON object, was null",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]} | line 1 is no demonstration: \"messages\" has none of the assistant's, so there is nothing to learn",
                "{\"prompt\": \"Hi\", \"completion\": [{\"role\": \"user\", \"content\": \"Hi\"}]} | line 1 is no demonstration: \"completion\" must be text or one message of the assistant's; conversations go into \"messages\"",
                "'' | is empty; expected one JSON object a line with prompt and completion, or messages",
            })
    void demonstrations(String lines, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("d.jsonl"), lines.replace("~", "\n"));
        refused(message, "sft", "--demonstrations=" + file, "--model=pretrain");
    }

    @Test
    void demonstrationsThatAreNotUtf8() throws IOException {
        Path file = Files.write(
                folder.resolve("d.jsonl"),
                "{\"prompt\": \"Hi\", \"completion\": \"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        refused("line 1 is no demonstration: not UTF-8", "sft", "--demonstrations=" + file, "--model=pretrain");
        Path none = folder.resolve("none.jsonl");
        refused("no file " + none, "sft", "--demonstrations=" + none, "--model=pretrain");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t.jsonl | {\"text\": \"a\"}~{\"txt\": \"b\"} | line 2 is no document: txt",
                "t.jsonl | {\"text\": \"a\"}~{} | line 2 needs either \"text\" or \"messages\"",
                "t.jsonl | null | line 1 needs either \"text\" or \"messages\"",
                "t.txt   | '  ' | has no text; it needs at least one document",
            })
    void texts(String name, String lines, String message) throws IOException {
        Path file = Files.writeString(folder.resolve(name.strip()), lines.replace("~", "\n"));
        refused(message, "tokenizer", "--text=" + file, "--name=other");
    }

    @Test
    void textThatIsNotUtf8() throws IOException {
        for (String name : List.of("t.txt", "t.jsonl")) {
            Path file = Files.write(folder.resolve(name), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
            refused(file + " is not UTF-8; save it as UTF-8 text", "tokenizer", "--text=" + file, "--name=other");
        }
    }

    @Test
    void textThatIsShorterThanABlock() throws IOException {
        Path file = Files.writeString(folder.resolve("t.txt"), "The otter.");
        refused(
                file + " is shorter than one block of 48 tokens; give more text, or less --length",
                "pretrain",
                "--text=" + file,
                "--length=48",
                "--name=other");
    }

    @Test
    void aVocabularySmallerThanTheBytes() throws IOException {
        refused("100", "tokenizer", "--text=" + home.resolve("text.txt"), "--name=other", "--vocabulary=100");
    }

    // ---- preferences ----

    private static final String PREFERENCE = "{\"prompt\": \"Hi\", \"chosen\": \"Hello!\", \"rejected\": \"What?\"}\n";

    @Test
    void preferencesThatAreNotThereOrEmpty() throws IOException {
        Path file = folder.resolve("p.jsonl");
        refused("no file " + file, "import", "preferences", file.toString());
        Files.writeString(file, "");
        refused(
                file + " is empty; expected one JSON object a line with prompt, chosen and rejected",
                "import",
                "preferences",
                file.toString());
    }

    @Test
    void malformedPreferencesAreAllOrNothingUnlessSkipped() throws IOException {
        Path file = folder.resolve("p.jsonl");
        Files.writeString(file, PREFERENCE + "{\"prompt\": \"Hi\", \"chosen\": \"Hello!\"}\nnot JSON\n");
        refused(file + " has 2 bad lines, the first is line 2: ", "import", "preferences", file.toString());
        Path fresh = folder.resolve("fresh");
        Said loud = Said.by("import", "preferences", file.toString(), "--home=" + fresh);
        assertThat(loud.exitCode()).isEqualTo(2);
        assertThat(loud.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith(file + " line 2: ").contains("rejected"),
                        line -> assertThat(line).startsWith(file + " line 3: not JSON"),
                        line -> assertThat(line).contains("nothing was imported, --skip-invalid leaves them out"));
        try (FeedbackStore store = FeedbackStore.open(fresh)) {
            assertThat(store.pairs()).isEmpty();
        }
        good(fresh, "import", "preferences", file.toString(), "--skip-invalid");
        try (FeedbackStore store = FeedbackStore.open(fresh)) {
            assertThat(store.pairs()).hasSize(1);
            assertThat(store.pairs().get(0).chosen()).isEqualTo("Hello!");
        }
    }

    @Test
    void nothingToLearnFromYet() throws IOException {
        refused(
                "no preferences in %s; label some (heed serve), or heed import preferences FILE".formatted(home),
                "reward",
                "--model=pretrain");
        refused("no comparisons in round 0 of " + home, "label");
        refused("no policy in %s to evaluate; heed demo makes some".formatted(home), "eval");
        refused("the loop has not been once around in %s; run heed demo first".formatted(home), "round");
    }

    /** Whoever only ever takes the left one says nothing of the texts; imported pairs have no sides. */
    @Test
    void preferencesOfOneSide() throws IOException {
        Path model = home.resolve("runs/pretrain/model");
        Path oneSided = folder.resolve("one-sided");
        answer(oneSided, i -> i % 2 == 0 ? Answer.FIRST : Answer.SECOND_MUCH, 3_000);
        for (String command : List.of("reward --model=", "dpo --policy=", "kto --policy=")) {
            Said said = said(oneSided, (command + model).split(" "));
            assertThat(said.err())
                    .hasLineCount(1)
                    .contains("chose the text on the left, so they say nothing of the texts; see heed quality");
            assertThat(said.exitCode()).isEqualTo(2);
        }
        assertThat(oneSided.resolve("runs")).isEmptyDirectory();
        Path read = folder.resolve("read");
        answer(read, i -> i % 2 == 0 || i == 7 ? Answer.FIRST : Answer.SECOND, 3_000);
        good(read, "reward", "--model=" + model);
        Path imported = folder.resolve("imported");
        answer(imported, i -> i % 2 == 0 ? Answer.FIRST : Answer.SECOND, 0);
        good(imported, "reward", "--model=" + model);
    }

    /** Twenty answers, every second of them to a question with its sides swapped. */
    private static void answer(Path at, IntFunction<Answer> answers, long shownMs) {
        try (FeedbackStore store = FeedbackStore.open(at)) {
            store.addComparisons(IntStream.range(0, 20)
                    .mapToObj(i -> new Comparison(
                            0,
                            1,
                            Prompt.ofText("Where is otter %d?".formatted(i), "fact", Split.TRAIN),
                            new Completion("In the mill.", "a", true),
                            new Completion("By the river.", "b", true),
                            0))
                    .toList());
            for (int i = 0; i < 20; i++) {
                store.addPreference(new Preference(
                        new UUID(1, i), i + 1, "ann", answers.apply(i), i % 2 == 1, shownMs, Instant.EPOCH, null));
            }
        }
    }

    @Test
    void aCommandWithOtherSettingsThanItsRunWasBegunWith() throws IOException {
        refused(
                "run pretrain was begun with pretrain.steps 1, not 2",
                "pretrain",
                "--text=" + home.resolve("text.txt"),
                "--steps=2",
                "--batch=2",
                "--length=16",
                "--layers=1",
                "--width=16",
                "--heads=2",
                "--intermediate=32",
                "--context=64");
    }

    // ---- the machine ----

    @Test
    void aPortInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused(
                    "cannot listen on port %d of 127.0.0.1".formatted(taken.getLocalPort()),
                    "serve",
                    "--port=" + taken.getLocalPort());
        }
    }

    @Test
    void aHomeThatAnotherProcessHolds() throws IOException {
        try (dev.heed.db.Child child = dev.heed.db.Child.run(Holding.class, home.toString())) {
            assertThat(child.expectLine()).isEqualTo("held");
            String message = "home folder %s is in use by process %d; stop it, or name another with --home"
                    .formatted(home, child.pid());
            refused(message, "serve", "--port=0");
            refused(message, "import", "prompts", home.resolve("prompts.jsonl").toString());
            refused(message, "demo", "--no-serve");
        }
    }

    /** A process that has a home's store and does nothing with it. */
    static final class Holding {
        private Holding() {}

        public static void main(String[] arguments) throws Exception {
            try (FeedbackStore store = FeedbackStore.open(Path.of(arguments[0]))) {
                store.tally();
                System.out.println("held");
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void aHomeThatIsAFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Said said = Said.by("runs", "--home=" + file);
        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).isEqualTo("--home must be a folder, was the file " + file + "\n");
    }
}
