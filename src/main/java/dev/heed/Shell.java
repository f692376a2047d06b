package dev.heed;

import dev.heed.run.Interrupted;
import dev.heed.run.Json;
import dev.heed.run.Knobs;
import dev.heed.run.Progress;
import dev.heed.run.Settings;
import dev.heed.run.UserError;
import dev.heed.run.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * From words to a command and back to an exit code: 0 done, 1 failed, 2 the user's to mend, 130 interrupted. Only the
 * command that is asked for is loaded.
 */
final class Shell {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int MENDABLE = 2;
    static final int INTERRUPTED = 130;

    /**
     * A command by its name.
     *
     * @param summary a few words, for its own help
     * @param group what the screen of {@code heed --help} says of it, and of its neighbours of which it says the same
     * @param command makes it; nothing of it is loaded before
     */
    record Entry(String name, String summary, String group, Supplier<Command<?>> command) {
        Entry(String name, String summary, Supplier<Command<?>> command) {
            this(name, summary, summary, command);
        }
    }

    /** A result that is another command. */
    record Again(List<String> words) {}

    private final List<Entry> entries;
    private final PrintStream out;
    private final PrintStream err;

    Shell(List<Entry> entries, PrintStream out, PrintStream err) {
        this.entries = entries;
        this.out = out;
        this.err = err;
    }

    /** Runs what the words ask for. */
    int run(String... words) {
        String first = words.length == 0 ? "--help" : words[0];
        try {
            switch (first) {
                case "--help", "-h" -> out.print(screen());
                case "--version", "-V" -> out.println(VersionCommand.line(Version.current()));
                default -> {
                    return run(expect(first), words);
                }
            }
            return DONE;
        } catch (UserError e) {
            err.println(e.getMessage());
            return MENDABLE;
        }
    }

    /** What {@code heed --help} prints: one screen of 80 columns. */
    String screen() {
        Map<String, String> names = entries.stream()
                .collect(Collectors.toMap(Entry::group, Entry::name, (a, b) -> a + ", " + b, LinkedHashMap::new));
        String commands = names.entrySet().stream()
                .map(line -> "  %-21s %s\n".formatted(line.getValue(), line.getKey()))
                .collect(Collectors.joining());
        return """
                heed COMMAND [options] [@recipe]   people's preferences into a better model

                %s
                Every command has --help, --home DIR, --seed N, --threads N, --json, --quiet
                --precision auto|fp32|bf16 and --db URL. @NAME or @FILE: options from a recipe.
                """
                .formatted(commands);
    }

    private Entry expect(String name) {
        if (name.startsWith("-") || name.startsWith("@")) {
            throw new UserError("the command comes first, was '%s'; heed --help lists them".formatted(name));
        }
        return entries.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserError("Unknown command: '%s'%s; heed --help lists them"
                        .formatted(
                                name,
                                nearest(name)
                                        .map(near -> "  Did you mean: " + near)
                                        .orElse(""))));
    }

    private int run(Entry entry, String... words) {
        Path home = Path.of(".heed");
        try {
            Command<?> command = entry.command().get();
            CommandLine line = line(entry, command);
            List<String> options = Recipes.expand(Arrays.asList(words).subList(1, words.length));
            ParseResult parsed = parse(line, options);
            if (parsed.hasMatchedOption("--help")) {
                out.print(line.getUsageMessage(Ansi.OFF));
                return DONE;
            }
            Context context = new Context(
                    Knobs.from(parsed, Settings.class),
                    Knobs.from(parsed, Context.Labels.class),
                    Knobs.from(parsed, Context.Output.class),
                    err,
                    Stream.concat(Stream.of(entry.name()), options.stream())
                            .map(Shell::withoutPassword)
                            .toList());
            home = context.home();
            checkFolder(home);
            Object result = result(command, context, parsed);
            if (result instanceof Again again) {
                return run(expect(again.words().get(0)), again.words().toArray(String[]::new));
            }
            print(context, result);
            return DONE;
        } catch (UserError e) {
            err.println(String.valueOf(e.getMessage()).replace("\n", " "));
            return MENDABLE;
        } catch (Interrupted e) {
            err.println("interrupted; what was done is saved. To go on: heed " + quoted(words));
            return INTERRUPTED;
        } catch (Throwable e) { // the last one to see it, an OutOfMemoryError too
            err.println("heed %s failed: %s; %s".formatted(entry.name(), oneLine(e), keep(e, home, entry.name())));
            return FAILED;
        }
    }

    /**
     * Reads the words after a command as it would itself.
     *
     * @throws UserError if it would refuse them
     */
    static ParseResult check(Entry entry, List<String> words) {
        Command<?> command = entry.command().get();
        ParseResult parsed = parse(line(entry, command), Recipes.expand(words));
        Knobs.from(parsed, command.knobs());
        Knobs.from(parsed, Settings.class);
        return parsed;
    }

    private static CommandLine line(Entry entry, Command<?> command) {
        CommandSpec spec = CommandSpec.create().name("heed " + entry.name());
        Knobs.addTo(spec, command.knobs());
        Knobs.addTo(spec, Settings.class);
        Knobs.addTo(spec, Context.Labels.class);
        Knobs.addTo(spec, Context.Output.class);
        spec.addOption(OptionSpec.builder("--help", "-h")
                .usageHelp(true)
                .description("this text")
                .build());
        spec.usageMessage()
                .description("%n" + entry.summary().replace("%", "%%") + "%n")
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .width(100);
        return new CommandLine(spec)
                .setExpandAtFiles(false)
                .setOverwrittenOptionsAllowed(true)
                .setUsageHelpLongOptionsMaxWidth(34);
    }

    private static ParseResult parse(CommandLine line, List<String> words) {
        try {
            return line.parseArgs(words.toArray(String[]::new));
        } catch (UnmatchedArgumentException e) {
            StringWriter suggestions = new StringWriter();
            UnmatchedArgumentException.printSuggestions(e, new PrintWriter(suggestions));
            String what = (e.getMessage() + "  " + suggestions).strip().replaceAll("\\s*\\R\\s*", "; ");
            throw new UserError("%s; %s --help lists them".formatted(what, line.getCommandName()), e);
        } catch (ParameterException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    private static <K extends Record> Object result(Command<K> command, Context context, ParseResult parsed)
            throws Exception {
        K knobs = Knobs.from(parsed, command.knobs());
        Progress.show(context.err(), context.output().quiet() ? Progress.Style.SILENT : Progress.styleOfTerminal());
        return command.run(context, knobs);
    }

    private void print(Context context, Object result) {
        if (!context.output().json() && result instanceof Shown shown) {
            if (!shown.text().isEmpty()) {
                out.println(shown.text());
            }
        } else {
            out.println(Json.text(result));
        }
    }

    private static void checkFolder(Path home) {
        if (Files.exists(home) && !Files.isDirectory(home)) {
            throw new UserError("--home must be a folder, was the file %s".formatted(home));
        }
    }

    private static String oneLine(Throwable e) {
        String message = e.getMessage();
        String name = e.getClass().getSimpleName();
        return message == null
                ? name
                : name + ": " + message.lines().findFirst().orElse("");
    }

    /** Writes the trace to a file and says where; onto standard error where no file can be had. */
    private String keep(Throwable e, Path home, String command) {
        String time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now(ZoneId.systemDefault()));
        Path file = home.resolve("logs").resolve("%s-%s.txt".formatted(command, time));
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, trace.toString());
            return "the trace is in " + file;
        } catch (IOException unwritable) {
            err.print(trace);
            return "the trace is above, %s cannot be written".formatted(file);
        }
    }

    /** A word that may be kept and shown: the URL of a database can have a password in it. */
    private static String withoutPassword(String word) {
        return word.contains("jdbc:")
                ? word.replaceAll("(?<=[?&])password=[^&]*&?", "").replaceAll("[?&]$", "")
                : word;
    }

    private static String quoted(String... words) {
        return Arrays.stream(words)
                .map(Shell::withoutPassword)
                .map(word -> word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    private Optional<String> nearest(String name) {
        return entries.stream()
                .map(Entry::name)
                .filter(other -> edits(name, other) <= Math.max(1, other.length() / 3))
                .min(Comparator.comparingInt(other -> edits(name, other)));
    }

    /** The least number of letters to add, drop or change (Levenshtein). */
    private static int edits(String from, String to) {
        int[] before = new int[to.length() + 1];
        Arrays.setAll(before, j -> j);
        for (int i = 1; i <= from.length(); i++) {
            int[] now = new int[to.length() + 1];
            now[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(change, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[to.length()];
    }
}
