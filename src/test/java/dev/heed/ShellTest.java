package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.heed.run.Interrupted;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Progress;
import dev.heed.run.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellTest {
    record Settable(
            @Knob(value = "0.05", help = "weight of KL, per nat; as in a paper") double klCoef,
            @Knob(value = "10", help = "steps") int steps,
            @Knob(value = "nobody", help = "who") String name,
            @Knob(value = "true", help = "serve") boolean serve) {
        Settable {
            Knobs.atLeast("kl-coef", klCoef, 0);
        }
    }

    record Seen(Settable knobs, long seed, int threads, String precision) implements Shown {
        @Override
        public String text() {
            return knobs.name() + " " + knobs.steps();
        }
    }

    private interface Work {
        Object of(Context context, Settable knobs) throws Exception;
    }

    private record Toy(Work work) implements Command<Settable> {
        @Override
        public Class<Settable> knobs() {
            return Settable.class;
        }

        @Override
        public Object run(Context context, Settable knobs) throws Exception {
            return work.of(context, knobs);
        }
    }

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String home = "";

    @BeforeEach
    void chooseHome() {
        home = "--home=" + folder.resolve("home");
    }

    @AfterEach
    void showProgressAsBefore() {
        Progress.show(System.err, Progress.styleOfTerminal());
    }

    private static Supplier<Command<?>> toy(Work work) {
        return () -> new Toy(work);
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        List<Shell.Entry> entries = List.of(
                new Shell.Entry("ppo", "a stage", toy((context, knobs) -> {
                    context.say("a note");
                    return new Seen(
                            knobs,
                            context.seed(),
                            context.settings().threads(),
                            context.settings().precision());
                })),
                new Shell.Entry("mend", "the user's to mend", toy((context, knobs) -> {
                    throw new UserError("port 8080 is in use; choose another with --port");
                })),
                new Shell.Entry("break", "a surprise", toy((context, knobs) -> {
                    throw new IllegalStateException("loss is NaN at step 3\nmore");
                })),
                new Shell.Entry("stop", "interrupted", toy((context, knobs) -> {
                    throw new Interrupted();
                })),
                new Shell.Entry("plain", "a result without a text", toy((context, knobs) -> Map.of("answer", 42))),
                new Shell.Entry("unloaded", "must not be made", () -> fail("made though not asked for")));
        return new Shell(entries, print(out), print(err)).run(words);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aResultIsShownToPeopleOnStandardOutput() {
        assertThat(run("ppo", home, "--steps=3", "--name", "fox")).isZero();
        assertThat(out()).isEqualTo("fox 3\n");
        assertThat(err()).isEqualTo("a note\n");
    }

    @Test
    void jsonIsOneDocumentAndNothingElse() throws IOException {
        assertThat(run("ppo", home, "--json", "--seed", "7", "--threads=2", "--precision=fp32", "--no-serve"))
                .isZero();
        Seen seen = Json.mapper().readValue(out(), Seen.class); // trailing tokens would be an error
        assertThat(seen).isEqualTo(new Seen(new Settable(0.05, 10, "nobody", false), 7, 2, "fp32"));
    }

    @Test
    void aResultWithoutATextIsShownAsJson() {
        assertThat(run("plain", home)).isZero();
        assertThat(out()).isEqualTo("{\n  \"answer\" : 42\n}\n");
    }

    @Test
    void quietSaysNothing() {
        assertThat(run("ppo", home, "--quiet")).isZero();
        assertThat(err()).isEmpty();
    }

    @Test
    void anUnknownOptionIsAnsweredWithTheNearest() {
        assertThat(run("ppo", "--kl-coeff=1")).isEqualTo(2);
        assertThat(err())
                .isEqualTo(
                        "Unknown option: '--kl-coeff=1'  Possible solutions: --kl-coef; heed ppo --help lists them\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void aValueOutOfRangeIsOneLine() {
        assertThat(run("ppo", "--kl-coef", "-1")).isEqualTo(2);
        assertThat(err()).isEqualTo("--kl-coef must be at least 0, was -1.0\n");
        assertThat(run("ppo", "--precision=fp8")).isEqualTo(2);
        assertThat(err()).isEqualTo("--precision must be one of auto, fp32, bf16, was 'fp8'\n");
        assertThat(run("ppo", "--threads=-1")).isEqualTo(2);
        assertThat(err()).isEqualTo("--threads must be at least 0, was -1\n");
    }

    @Test
    void aMissingValueAndAStrayWordAreOneLine() {
        assertThat(run("ppo", "--steps")).isEqualTo(2);
        assertThat(err()).isEqualTo("Missing required parameter for option '--steps' (N)\n");
        assertThat(run("ppo", "stray")).isEqualTo(2);
        assertThat(err()).isEqualTo("Unmatched argument at index 0: 'stray'; heed ppo --help lists them\n");
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheNearest() {
        assertThat(run("pppo")).isEqualTo(2);
        assertThat(err()).isEqualTo("Unknown command: 'pppo'  Did you mean: ppo; heed --help lists them\n");
        assertThat(run("xyzzy")).isEqualTo(2);
        assertThat(err()).isEqualTo("Unknown command: 'xyzzy'; heed --help lists them\n");
        assertThat(run("--json", "ppo")).isEqualTo(2);
        assertThat(err()).isEqualTo("the command comes first, was '--json'; heed --help lists them\n");
    }

    @Test
    void whatTheUserCanMendIsOneLine() {
        assertThat(run("mend", home)).isEqualTo(2);
        assertThat(err()).isEqualTo("port 8080 is in use; choose another with --port\n");
    }

    @Test
    void aHomeThatIsAFileIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(run("ppo", "--home=" + file)).isEqualTo(2);
        assertThat(err()).isEqualTo("--home must be a folder, was the file " + file + "\n");
    }

    @Test
    void aSurpriseIsOneLineAndItsTraceIsKept() throws IOException {
        assertThat(run("break", home)).isEqualTo(1);
        assertThat(err())
                .startsWith("heed break failed: IllegalStateException: loss is NaN at step 3; the trace is in ")
                .hasLineCount(1);
        Path trace = Path.of(err().substring(err().lastIndexOf(' ') + 1).strip());
        assertThat(trace).hasParentRaw(folder.resolve("home/logs"));
        assertThat(Files.readString(trace)).contains("loss is NaN at step 3", "ShellTest");
    }

    @Test
    void anInterruptionSaysHowToGoOn() {
        assertThat(run("stop", home, "--name", "a fox")).isEqualTo(130);
        assertThat(err())
                .isEqualTo(
                        "interrupted; what was done is saved. To go on: heed stop %s --name 'a fox'\n".formatted(home));
    }

    @Test
    void whatIsTypedWinsOverTheRecipe() {
        assertThat(run("ppo", home, "@short")).isZero();
        assertThat(out()).isEqualTo("a fox 3\n");
        assertThat(run("ppo", home, "--steps=4", "@short")).isZero();
        assertThat(out()).isEqualTo("a fox 4\n");
    }

    @Test
    void aRecipeMayBeAnyFile() throws IOException {
        Path file = folder.resolve("my.args");
        Files.writeString(file, "--steps=5 # fewer\n--name 'it''s'");
        assertThat(run("ppo", home, "@" + file)).isZero();
        assertThat(out()).isEqualTo("its 5\n");
        assertThat(run("ppo", "@none")).isEqualTo(2);
        assertThat(err()).isEqualTo("no recipe @none: neither one of Heed's own nor a file\n");
    }

    @Test
    void helpOfACommandHasDefaultsAndSources() {
        assertThat(run("ppo", "--help")).isZero();
        assertThat(out().replaceAll("\\s+", " "))
                .contains(
                        "a stage",
                        "--kl-coef=X weight of KL, per nat; as in a paper (default 0.05)",
                        "--[no-]serve",
                        "--home=PATH",
                        "(default .heed)");
    }

    @Test
    void theScreenListsEveryCommandWithoutMakingOne() {
        assertThat(run("--help")).isZero();
        assertThat(out())
                .contains("  ppo                   a stage\n", "  unloaded              must not be made\n", "--json");
        String screen = out();
        assertThat(run()).isZero();
        assertThat(out()).isEqualTo(screen);
    }
}
