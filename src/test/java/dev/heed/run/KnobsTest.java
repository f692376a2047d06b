package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class KnobsTest {
    enum Decay {
        COSINE,
        HALF_COSINE
    }

    record Rate(@Knob(value = "1e-3", help = "learning rate") double lr) {
        Rate {
            Knobs.above("lr", lr, 0);
        }
    }

    record Config(
            @Knob(value = "0.05", help = "weight of KL, 100% of it") double klCoef,
            @Knob(value = "100", help = "steps") int steps,
            @Knob(value = "true", help = "whiten") boolean whiten,
            @Knob(value = "false", help = "verbose") boolean loud,
            @Knob(value = "cosine", help = "decay") Decay decay,
            @Knob(value = "", help = "data") @Nullable Path data,
            @Knob(value = "", help = "prompts") List<String> prompt,
            Rate policy,
            @Knob("critic") Rate critic) {
        Config {
            Knobs.atLeast("kl-coef", klCoef, 0);
            Knobs.atLeast("steps", steps, 1);
        }
    }

    record Import(
            @Knob(value = Knob.REQUIRED, help = "what", positional = true) Decay kind,
            @Knob(value = "", help = "files", positional = true) List<String> file,
            @Knob(value = Knob.REQUIRED, help = "the model") String model) {}

    private static <T extends Record> T parsed(Class<T> type, String... args) {
        CommandSpec command = CommandSpec.create();
        Knobs.addTo(command, type);
        return Knobs.from(new CommandLine(command).parseArgs(args), type);
    }

    @Test
    void defaultsAreTheKnobsValues() {
        assertThat(Knobs.defaults(Config.class))
                .isEqualTo(new Config(
                        0.05, 100, true, false, Decay.COSINE, null, List.of(), new Rate(1e-3), new Rate(1e-3)));
        assertThat(parsed(Config.class)).isEqualTo(Knobs.defaults(Config.class));
    }

    @Test
    void everyKindOfComponentIsRead() {
        assertThat(parsed(
                        Config.class,
                        "--kl-coef=0.1",
                        "--steps",
                        "3",
                        "--no-whiten",
                        "--loud",
                        "--decay=half-cosine",
                        "--data=a/b",
                        "--prompt=one, two",
                        "--prompt=three",
                        "--lr=0.5",
                        "--critic-lr=0.25"))
                .isEqualTo(new Config(
                        0.1,
                        3,
                        false,
                        true,
                        Decay.HALF_COSINE,
                        Path.of("a/b"),
                        List.of("one, two", "three"),
                        new Rate(0.5),
                        new Rate(0.25)));
    }

    @Test
    void aFlagCanBeSaidEitherWay() {
        assertThat(parsed(Config.class, "--whiten", "--no-loud").whiten()).isTrue();
        assertThat(parsed(Config.class, "--whiten", "--no-loud").loud()).isFalse();
    }

    @Test
    void argumentsWithoutANameAreTakenInOrder() {
        Import given = parsed(Import.class, "cosine", "a.jsonl", "--model=m", "b.jsonl");
        assertThat(given).isEqualTo(new Import(Decay.COSINE, List.of("a.jsonl", "b.jsonl"), "m"));
    }

    @Test
    void refusesAValueOutOfRangeInOneLine() {
        assertThatThrownBy(() -> parsed(Config.class, "--kl-coef=-1"))
                .isInstanceOf(UserError.class)
                .hasMessage("--kl-coef must be at least 0, was -1.0");
        assertThatThrownBy(() -> parsed(Config.class, "--kl-coef=NaN"))
                .hasMessage("--kl-coef must be at least 0, was NaN");
        assertThatThrownBy(() -> parsed(Config.class, "--steps=0")).hasMessage("--steps must be at least 1, was 0");
    }

    @Test
    void whatIsInRangeIsAskedInTheKindOfTheValue() {
        assertThatThrownBy(() -> Knobs.between("minibatches", 9, 1, 8))
                .hasMessage("--minibatches must be between 1 and 8, was 9");
        assertThatThrownBy(() -> Knobs.between("clip", 1.5, 0, 1))
                .hasMessage("--clip must be between 0 and 1, was 1.5");
        assertThatThrownBy(() -> Knobs.above("lr", 0.0, 0)).hasMessage("--lr must be above 0, was 0.0");
    }

    @Test
    void namesThePrefixedOptionThatIsOutOfRange() {
        assertThatThrownBy(() -> parsed(Config.class, "--critic-lr=0"))
                .hasMessage("--critic-lr must be above 0, was 0.0");
    }

    @Test
    void refusesAValueOfTheWrongKind() {
        assertThatThrownBy(() -> parsed(Config.class, "--steps=1.5"))
                .isInstanceOf(UserError.class)
                .hasMessage("--steps must be a whole number, was '1.5'");
        assertThatThrownBy(() -> parsed(Config.class, "--kl-coef=x")).hasMessage("--kl-coef must be a number, was 'x'");
        assertThatThrownBy(() -> parsed(Config.class, "--decay=linear"))
                .hasMessage("--decay must be one of cosine, half-cosine, was 'linear'");
    }

    @Test
    void codeCanSetSomeKnobsAsACommandLineWould() {
        assertThat(Knobs.of(Config.class, "--steps=7", "--whiten=false").steps())
                .isEqualTo(7);
        assertThatThrownBy(() -> Knobs.of(Config.class, "--stepz=7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no option --stepz");
    }

    @Test
    void aKnobWithoutADefaultMustBeGiven() {
        assertThatThrownBy(() -> parsed(Import.class, "cosine")).hasMessageContaining("--model");
        assertThatThrownBy(() -> Knobs.defaults(Import.class)).hasMessage("KIND is needed: what");
    }

    @Test
    void helpHasTheDefaultAndItsPercentSigns() {
        CommandSpec command = CommandSpec.create().name("x");
        Knobs.addTo(command, Config.class);
        assertThat(new CommandLine(command).getUsageMessage().replaceAll("\\s+", " "))
                .contains("weight of KL, 100% of it (default 0.05)", "--[no-]whiten", "--decay=cosine|half-cosine");
    }
}
