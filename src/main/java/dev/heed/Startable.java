package dev.heed;

import dev.heed.jobs.Catalogue;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.Knobs.Described;
import dev.heed.run.RunDir;
import dev.heed.run.Settings;
import dev.heed.run.UserError;
import dev.heed.web.JobHost.Kind;
import dev.heed.web.JobHost.Offer;
import dev.heed.web.JobHost.Option;
import dev.heed.web.JobHost.Order;
import dev.heed.web.JobHost.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * What leads may start from the page: these commands, with options that name neither another home nor a file or a model
 * that is not of this one. A lead is not a user of the machine. Who is one and puts recipes into the home's folder
 * {@code recipes}, or files to learn from into {@code files}, offers these to leads; such a recipe may name any model.
 */
final class Startable implements Catalogue {
    private static final List<String> STAGES = List.of(
            "round",
            "reward",
            "ppo",
            "grpo",
            "rloo",
            "online-dpo",
            "rejection",
            "dpo",
            "simpo",
            "orpo",
            "kto",
            "sft",
            "pretrain",
            "tokenizer",
            "sample",
            "eval",
            "compare",
            "doctor");

    private static final List<String> LEARNABLE = List.of("files", "world");
    private static final List<String> NOT_FROM_A_PAGE = List.of("--home", "--db", "--json", "--quiet", "--help");
    private static final String RECIPE = ".args";
    private static final String NAME = "--name";
    private static final String NONE = "none";
    private static final int LONGEST = 2000; // characters of a value

    private final Path home;
    private final List<Shell.Entry> entries;

    Startable(Path home, List<Shell.Entry> entries) {
        this.home = home.toAbsolutePath().normalize();
        this.entries = entries;
    }

    @Override
    public Offer offer() {
        return new Offer(STAGES.stream().map(this::stage).toList(), recipes(), files(), models());
    }

    private Stage stage(String name) {
        Shell.Entry entry = entry(name);
        return new Stage(name, entry.summary(), options(entry));
    }

    private Shell.Entry entry(String name) {
        return entries.stream()
                .filter(entry -> STAGES.contains(name) && entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserError("heed %s cannot be started from a page; these can: %s"
                        .formatted(name, String.join(", ", STAGES))));
    }

    private static List<Option> options(Shell.Entry entry) {
        return Stream.concat(
                        Knobs.described(entry.command().get().knobs()).stream(),
                        Knobs.described(Settings.class).stream())
                .filter(knob -> !NOT_FROM_A_PAGE.contains(knob.name()))
                .map(Startable::option)
                .toList();
    }

    private static Option option(Described knob) {
        Kind kind = kind(knob.label());
        return new Option(
                knob.name().substring(2),
                kind,
                knob.value().equals(Knob.REQUIRED) ? null : knob.value(),
                kind == Kind.CHOICE ? List.of(knob.label().split("\\|")) : List.of(),
                kind == Kind.MODEL ? knob.help().replaceFirst("^run or folder", "run") : knob.help());
    }

    private static Kind kind(String label) {
        return switch (label) {
            case "" -> Kind.FLAG;
            case "N" -> Kind.WHOLE;
            case "X" -> Kind.NUMBER;
            case "MODEL" -> Kind.MODEL;
            case "FILE", "<file>" -> Kind.FILE;
            default -> label.contains("|") ? Kind.CHOICE : Kind.TEXT;
        };
    }

    private List<String> recipes() {
        return inside("recipes")
                .filter(file -> file.endsWith(RECIPE))
                .map(file -> file.substring("recipes/".length(), file.length() - RECIPE.length()))
                .toList();
    }

    private List<String> files() {
        return LEARNABLE.stream().flatMap(this::inside).toList();
    }

    private List<String> models() {
        return RunDir.all(home).stream()
                .filter(run -> Files.isDirectory(run.model()))
                .map(RunDir::name)
                .toList();
    }

    /** The plain files right in a folder of the home, as paths in it. */
    private Stream<String> inside(String folder) {
        Path path = home.resolve(folder);
        if (!Files.isDirectory(path)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files
                    .filter(Files::isRegularFile)
                    .map(file -> folder + "/" + file.getFileName())
                    .filter(file -> !file.contains("/."))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + path, e);
        }
    }

    @Override
    public Planned plan(Order order, Set<String> coming) {
        Shell.Entry entry = entry(order.stage());
        List<Option> options = options(entry);
        List<String> words = new ArrayList<>();
        if (order.recipe() != null) {
            words.add("@" + recipe(order.recipe()));
        }
        for (Map.Entry<String, String> given : order.options().entrySet()) {
            words.add(word(expect(entry, options, given.getKey()), given.getValue()));
        }
        ParseResult parsed = Shell.check(entry, words);
        refuseOthersHomes(parsed);
        ParseResult own = order.recipe() == null ? parsed : null;
        options.stream()
                .filter(option -> option.kind() == Kind.MODEL)
                .forEach(option -> expectModels(option, order, own, coming));
        List<String> whole = new ArrayList<>(List.of(entry.name()));
        whole.addAll(words);
        return new Planned(whole, run(options, parsed));
    }

    private Path recipe(String name) {
        if (!recipes().contains(name)) {
            throw new UserError("no recipe '%s' in %s; it has %s"
                    .formatted(name, home.resolve("recipes"), recipes().isEmpty() ? "none" : recipes()));
        }
        return home.resolve("recipes").resolve(name + RECIPE);
    }

    private static Option expect(Shell.Entry entry, List<Option> options, String name) {
        return options.stream()
                .filter(option -> option.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserError("heed %s takes no --%s from a page".formatted(entry.name(), name)));
    }

    private String word(Option option, String value) {
        String name = "--" + option.name();
        if (value.length() > LONGEST || value.chars().anyMatch(Character::isISOControl)) {
            throw new UserError("%s must be at most %d characters on one line".formatted(name, LONGEST));
        }
        return switch (option.kind()) {
            case FLAG -> flag(option.name(), value);
            case FILE -> name + "=" + file(name, value);
            default -> name + "=" + value;
        };
    }

    private static String flag(String name, String value) {
        return switch (value) {
            case "true" -> "--" + name;
            case "false" -> "--no-" + name;
            default -> throw new UserError("--%s must be true or false, was '%s'".formatted(name, value));
        };
    }

    private String file(String name, String value) {
        if (value.isEmpty()) {
            return "";
        }
        if (!files().contains(value)) {
            throw new UserError("%s must be one of the files in %s, was '%s'; there are %s"
                    .formatted(name, home.resolve(LEARNABLE.get(0)), value, files().isEmpty() ? "none" : files()));
        }
        return home.resolve(value).toString();
    }

    private static void refuseOthersHomes(ParseResult parsed) {
        NOT_FROM_A_PAGE.stream().filter(parsed::hasMatchedOption).findFirst().ifPresent(name -> {
            throw new UserError("%s cannot be given from a page, not in a recipe either".formatted(name));
        });
    }

    /** @param parsed null where a recipe may have named models, which its author may do as he likes */
    private void expectModels(Option option, Order order, @Nullable ParseResult parsed, Set<String> coming) {
        String value = order.options().get(option.name());
        if (value == null && parsed != null) {
            value = option.value();
        }
        if (value == null || value.isEmpty() || value.equals(NONE)) {
            return;
        }
        Arrays.stream(value.split(",", -1)).map(String::strip).forEach(name -> expectModel(option, name, coming));
    }

    private void expectModel(Option option, String name, Set<String> coming) {
        boolean run = RunDir.isName(name);
        if (run && Files.exists(Path.of(name, "config.json"))) { // it would be taken for the model
            throw new UserError("--%s=%s is also a folder where the server runs; start it from a shell"
                    .formatted(option.name(), name));
        }
        if (!run || !(models().contains(name) || coming.contains(name))) {
            throw new UserError("--%s must be a run that made a model, was '%s'; there are %s"
                    .formatted(option.name(), name, models().isEmpty() ? "none" : String.join(", ", models())));
        }
    }

    private @Nullable String run(List<Option> options, ParseResult parsed) {
        return options.stream()
                .filter(option -> NAME.equals("--" + option.name()))
                .findFirst()
                .map(option -> parsed.matchedOptionValue(NAME, String.valueOf(option.value())))
                .map(name -> RunDir.at(home, name).name())
                .orElse(null);
    }
}
