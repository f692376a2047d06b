package dev.heed.run;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * Records of {@link Knob}s as command-line options. A component is an int, long, double, boolean, String, Path, enum,
 * list of strings, or a further record of knobs; the record's own constructor says what is in range.
 */
public final class Knobs {
    private Knobs() {}

    /**
     * One option, as {@code --help} and docs/KNOBS.md tell it.
     *
     * @param name with its dashes; without them for an argument that has no name
     * @param label what stands for the value; empty for a flag
     * @param value the default, as the user would type it, or {@link Knob#REQUIRED}
     */
    public record Described(String name, String label, String value, String help) {}

    /** The record with every knob at its default. */
    public static <T extends Record> T defaults(Class<T> type) {
        return of(type);
    }

    /**
     * The record with some knobs set, the others at their defaults.
     *
     * @param options each {@code --name=value}
     * @throws UserError if a value is of the wrong kind or out of range
     * @throws IllegalArgumentException if there is no such option
     */
    public static <T extends Record> T of(Class<T> type, String... options) {
        Map<String, List<String>> given = new HashMap<>();
        List<String> names = described(type).stream().map(Described::name).toList();
        for (String option : options) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            if (equals < 0 || !names.contains(name)) {
                throw new IllegalArgumentException("no option %s in %s: it has %s".formatted(option, type, names));
            }
            given.computeIfAbsent(name, k -> new ArrayList<>()).add(option.substring(equals + 1));
        }
        return build(type, "", given::get);
    }

    /** Adds an option to the command for every knob of the record. */
    public static void addTo(CommandSpec command, Class<? extends Record> type) {
        addTo(command, type, ScopeType.LOCAL);
    }

    /** As {@link #addTo(CommandSpec, Class)}; with {@link ScopeType#INHERIT} every subcommand has the options too. */
    public static void addTo(CommandSpec command, Class<? extends Record> type, ScopeType scope) {
        walk(
                type,
                "",
                named -> command.add(spec(named, command.positionalParameters().size(), scope)));
    }

    /**
     * The record that the command line asks for.
     *
     * @throws UserError if a value is of the wrong kind or out of range
     */
    public static <T extends Record> T from(ParseResult parsed, Class<T> type) {
        Map<String, List<String>> given = new HashMap<>();
        parsed.matchedOptions().forEach(option -> given.put(option.longestName(), texts(option)));
        parsed.matchedPositionals().forEach(argument -> given.put(argument.paramLabel(), texts(argument)));
        return build(type, "", given::get);
    }

    /** Every knob of the record, nested ones in their place. */
    public static List<Described> described(Class<? extends Record> type) {
        List<Described> found = new ArrayList<>();
        walk(type, "", named -> found.add(named.described()));
        return found;
    }

    /** Refuses a value below the least one: {@code --kl-coef must be at least 0, was -1.0}. */
    public static void atLeast(String name, double value, double least) {
        if (!(value >= least)) {
            throw new UserError("--%s must be at least %s, was %s".formatted(name, plain(least), value));
        }
    }

    /** Refuses a value below the least one. */
    public static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new UserError("--%s must be at least %d, was %d".formatted(name, least, value));
        }
    }

    /** The whole numbers of a knob that has several, parted by commas. */
    public static List<Integer> wholeNumbers(String name, String value) {
        try {
            return Arrays.stream(value.split(",", -1))
                    .map(String::strip)
                    .map(Integer::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw new UserError("--%s must be whole numbers with commas, was '%s'".formatted(name, value), e);
        }
    }

    /** Refuses a value that is not greater than the bound. */
    public static void above(String name, double value, double bound) {
        if (!(value > bound)) {
            throw new UserError("--%s must be above %s, was %s".formatted(name, plain(bound), value));
        }
    }

    /** Refuses a value outside [least, most]. */
    public static void between(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new UserError(
                    "--%s must be between %s and %s, was %s".formatted(name, plain(least), plain(most), value));
        }
    }

    /** Refuses a value outside [least, most]. */
    public static void between(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new UserError("--%s must be between %d and %d, was %d".formatted(name, least, most, value));
        }
    }

    /** Refuses a text that is none of the allowed ones. */
    public static void oneOf(String name, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new UserError("--%s must be one of %s, was '%s'".formatted(name, String.join(", ", allowed), value));
        }
    }

    /** A component, and the option it is. */
    private record Named(RecordComponent component, Knob knob, String name) {
        boolean required() {
            return knob.value().equals(Knob.REQUIRED);
        }

        String label() {
            return knob.label().isEmpty() ? Knobs.label(component) : knob.label();
        }

        Described described() {
            return new Described(name, label(), knob.value(), knob.help());
        }
    }

    private static void walk(Class<?> type, String prefix, Consumer<Named> visit) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType().isRecord()) {
                walk(component.getType(), prefixOf(component, prefix), visit);
            } else {
                visit.accept(named(component, prefix));
            }
        }
    }

    private static Named named(RecordComponent component, String prefix) {
        Knob knob = component.getAnnotation(Knob.class);
        if (knob == null) {
            throw new IllegalArgumentException("no @Knob on %s of %s"
                    .formatted(
                            component.getName(), component.getDeclaringRecord().getName()));
        }
        String kebab = prefix + kebab(component.getName());
        return new Named(component, knob, knob.positional() ? kebab.toUpperCase(Locale.ROOT) : "--" + kebab);
    }

    private static String prefixOf(RecordComponent component, String prefix) {
        Knob knob = component.getAnnotation(Knob.class);
        return knob == null || knob.value().isEmpty() ? prefix : prefix + knob.value() + "-";
    }

    private static ArgSpec spec(Named named, int position, ScopeType scope) {
        Class<?> type = named.component().getType();
        if (named.knob().positional()) {
            return argument(named, position, scope);
        }
        OptionSpec.Builder option = OptionSpec.builder(named.name())
                .required(named.required())
                .scopeType(scope)
                .description(description(named));
        if (type == boolean.class) {
            // The fallback makes --name true and --no-name false, whatever the default is.
            return option.type(boolean.class)
                    .arity("0")
                    .fallbackValue("true")
                    .negatable(true)
                    .build();
        }
        option.arity("1").paramLabel(named.label());
        return type == List.class
                ? option.type(List.class).auxiliaryTypes(String.class).build()
                : option.type(String.class).build();
    }

    private static ArgSpec argument(Named named, int position, ScopeType scope) {
        boolean many = named.component().getType() == List.class;
        PositionalParamSpec.Builder argument = PositionalParamSpec.builder()
                .paramLabel(named.name())
                .index(many ? position + "..*" : String.valueOf(position))
                .arity(named.required() ? "1" : "0..1")
                .required(named.required())
                .scopeType(scope)
                .description(description(named));
        return many
                ? argument.type(List.class).auxiliaryTypes(String.class).build()
                : argument.type(String.class).build();
    }

    /** Percent signs doubled, since picocli formats a description. */
    private static String description(Named named) {
        String value = named.knob().value();
        boolean obvious = named.required() || value.isEmpty() || value.equals("false");
        String told = obvious ? "" : " (default %s)".formatted(value.equals("true") ? "on" : value);
        return (named.knob().help() + told).replace("%", "%%");
    }

    private static String label(RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> kebab((Enum<?>) constant))
                    .collect(Collectors.joining("|"));
        }
        if (type == boolean.class) {
            return "";
        }
        if (type == int.class || type == long.class) {
            return "N";
        }
        return type == double.class ? "X" : type == Path.class ? "PATH" : "TEXT";
    }

    private static List<String> texts(ArgSpec spec) {
        Object value = spec.getValue();
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(value));
    }

    private static <T extends Record> T build(
            Class<T> type, String prefix, Function<String, @Nullable List<String>> given) {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = types[i].isRecord()
                    ? build(types[i].asSubclass(Record.class), prefixOf(components[i], prefix), given)
                    : value(named(components[i], prefix), given);
        }
        return construct(type, types, values, prefix);
    }

    private static <T extends Record> T construct(
            Class<T> type, Class<?>[] types, @Nullable Object[] values, String prefix) {
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof UserError error) {
                // The record knows its own names only, not what stands before them here.
                throw new UserError(String.valueOf(error.getMessage()).replaceFirst("^--", "--" + prefix), error);
            }
            throw new IllegalStateException("cannot make " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + type.getName(), e);
        }
    }

    private static @Nullable Object value(Named named, Function<String, @Nullable List<String>> given) {
        List<String> texts = given.apply(named.name());
        if (texts == null) {
            if (named.required()) {
                throw new UserError(
                        "%s is needed: %s".formatted(named.name(), named.knob().help()));
            }
            String value = named.knob().value();
            texts = value.isEmpty() && named.component().getType() == List.class ? List.of() : List.of(value);
        }
        return named.component().getType() == List.class
                ? List.copyOf(texts)
                : parsed(named, texts.get(texts.size() - 1));
    }

    private static @Nullable Object parsed(Named named, String text) {
        Class<?> type = named.component().getType();
        try {
            if (type == int.class) {
                return Integer.parseInt(text);
            } else if (type == long.class) {
                return Long.parseLong(text);
            } else if (type == double.class) {
                return Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            String kind = type == double.class ? "a number" : "a whole number";
            throw new UserError("%s must be %s, was '%s'".formatted(named.name(), kind, text), e);
        }
        if (type == boolean.class) {
            return flag(named, text);
        } else if (type == Path.class) {
            return text.isEmpty() ? null : Path.of(text);
        } else if (type.isEnum()) {
            return constant(named, text);
        } else if (type == String.class) {
            return text;
        }
        throw new IllegalArgumentException("%s is a %s, which no knob can be".formatted(named.name(), type));
    }

    private static Object flag(Named named, String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new UserError("%s must be true or false, was '%s'".formatted(named.name(), text));
        }
        return Boolean.valueOf(text);
    }

    private static Object constant(Named named, String text) {
        for (Object constant : named.component().getType().getEnumConstants()) {
            if (kebab((Enum<?>) constant).equals(text)) {
                return constant;
            }
        }
        throw new UserError("%s must be one of %s, was '%s'"
                .formatted(named.name(), label(named.component()).replace("|", ", "), text));
    }

    private static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? String.valueOf((long) bound)
                : String.valueOf(bound);
    }
}
