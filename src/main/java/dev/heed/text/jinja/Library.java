package dev.heed.text.jinja;

import com.hubspot.jinjava.el.ext.NamedParameter;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tags, filters, tests and functions that a template finds: these and no others. */
final class Library {
    private static final Set<String> TAGS =
            Set.of("if", "elif", "else", "for", "set", "macro", "call", "raw", "do", "generation", "break", "continue");
    private static final Set<String> THEIR_FILTERS = Set.of(
            "map",
            "select",
            "reject",
            "selectattr",
            "rejectattr",
            "sort",
            "unique",
            "sum",
            "int",
            "float",
            "abs",
            "round",
            "max",
            "min",
            "groupby",
            "safe");
    private static final Set<String> THEIR_TESTS = Set.of(
            "defined",
            "undefined",
            "none",
            "boolean",
            "integer",
            "float",
            "number",
            "odd",
            "even",
            "divisibleby",
            "true",
            "false",
            "in",
            "lower",
            "upper",
            "gt",
            "ge",
            "lt",
            "le",
            "ne",
            "truthy");
    private static final Set<String> FUNCTIONS =
            Set.of(":range", ":namespace", ":raise_exception", ":strftime_now", ":dict");

    private Library() {}

    private interface Body {
        @Nullable
        Object of(@Nullable Object value, Arguments arguments);
    }

    private record PythonFilter(String name, Body body) implements Filter {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public @Nullable Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
            return body.of(value, Arguments.of(arguments));
        }

        @Override
        public @Nullable Object filter(
                Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
            return body.of(value, Arguments.of(arguments, named));
        }
    }

    private interface Condition {
        boolean holds(@Nullable Object value, @Nullable Object other);
    }

    private record PythonTest(String name, Condition condition) implements ExpTest {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean evaluate(Object value, JinjavaInterpreter interpreter, Object... other) {
            return condition.holds(value, other.length == 0 ? null : other[0]);
        }
    }

    private static final List<PythonFilter> FILTERS = List.of(
            new PythonFilter("tojson", (value, a) -> PythonJson.of(value, a.number(0, "indent", -1))),
            new PythonFilter("string", (value, a) -> Python.text(value)),
            new PythonFilter("trim", (value, a) -> text(value, "strip", a)),
            new PythonFilter("upper", (value, a) -> text(value, "upper", a)),
            new PythonFilter("lower", (value, a) -> text(value, "lower", a)),
            new PythonFilter("title", (value, a) -> text(value, "title", a)),
            new PythonFilter("capitalize", (value, a) -> text(value, "capitalize", a)),
            new PythonFilter("replace", (value, a) -> text(value, "replace", a)),
            new PythonFilter("join", (value, a) -> join(value, a)),
            new PythonFilter("length", (value, a) -> length(value)),
            new PythonFilter("count", (value, a) -> length(value)),
            new PythonFilter("first", (value, a) -> end(Python.items(value), 0)),
            new PythonFilter("last", (value, a) -> end(Python.items(value), -1)),
            new PythonFilter("list", (value, a) -> Python.items(value)),
            new PythonFilter("reverse", (value, a) -> reversed(value)),
            new PythonFilter("items", (value, a) -> value == null ? List.of() : PythonMethods.call(value, "items", a)),
            new PythonFilter("default", Library::orDefault),
            new PythonFilter("d", Library::orDefault));

    private static final List<PythonTest> TESTS = List.of(
            new PythonTest("string", (value, other) -> value instanceof String),
            new PythonTest("mapping", (value, other) -> value instanceof Map),
            new PythonTest("sequence", (value, other) -> isGoneThrough(value)),
            new PythonTest("iterable", (value, other) -> isGoneThrough(value)),
            new PythonTest("eq", Python::equal),
            new PythonTest("equalto", Python::equal));

    static void registerIn(Context context) {
        FILTERS.forEach(context::registerFilter);
        TESTS.forEach(context::registerExpTest);
        context.registerTag(new LoopTag());
        context.registerTag(new ConditionTag());
        context.registerTag(new GenerationTag());
        context.registerTag(new LeaveTag("break", Run.Leaving.THE_LOOP));
        context.registerTag(new LeaveTag("continue", Run.Leaving.THIS_TURN));
        register(context, "raise_exception", "raise", Object.class);
        register(context, "strftime_now", "now", Object.class);
        register(context, "dict", "dict", Object[].class);
    }

    private static void register(Context context, String name, String method, Class<?> argument) {
        context.registerFunction(new ELFunctionDefinition("", name, Library.class, method, argument));
    }

    /** Everything else that jinjava brings. */
    static Map<Context.Library, Set<String>> disabled() {
        Context all = new Context();
        return Map.of(
                Context.Library.TAG, others(all.getAllTags(), TAGS, List.of()),
                Context.Library.FILTER, others(all.getAllFilters(), THEIR_FILTERS, FILTERS),
                Context.Library.EXP_TEST, others(all.getAllExpTests(), THEIR_TESTS, TESTS),
                Context.Library.FUNCTION, others(all.getAllFunctions(), FUNCTIONS, List.of()));
    }

    private static Set<String> others(
            Collection<? extends Importable> all, Set<String> known, List<? extends Importable> ours) {
        Set<String> names = all.stream().map(Importable::getName).collect(Collectors.toSet());
        known.forEach(name -> names.removeAll(List.of(name, "end" + name)));
        ours.forEach(each -> names.remove(each.getName()));
        return names;
    }

    // Called by name.

    @SuppressWarnings("DoNotCallSuggester") // only templates call it
    static Object raise(@Nullable Object message) {
        throw Run.current().raise(Python.text(message));
    }

    static Object dict(Object... pairs) {
        Map<String, Object> dict = new LinkedHashMap<>();
        for (Object pair : pairs) {
            if (pair instanceof NamedParameter named) {
                dict.put(named.getName(), named.getValue());
            }
        }
        return dict;
    }

    /** The local time by C's format, as far as templates use it. */
    static Object now(@Nullable Object format) {
        StringBuilder out = new StringBuilder();
        String text = Python.text(format);
        for (int i = 0; i < text.length(); i++) {
            boolean directive = text.charAt(i) == '%' && i + 1 < text.length();
            out.append(directive ? field(text.charAt(++i)) : String.valueOf(text.charAt(i)));
        }
        return out.toString();
    }

    private static String field(char directive) {
        String pattern =
                switch (directive) {
                    case 'd' -> "dd";
                    case 'm' -> "MM";
                    case 'Y' -> "yyyy";
                    case 'y' -> "yy";
                    case 'B' -> "MMMM";
                    case 'b' -> "MMM";
                    case 'A' -> "EEEE";
                    case 'a' -> "EEE";
                    case 'H' -> "HH";
                    case 'I' -> "hh";
                    case 'M' -> "mm";
                    case 'S' -> "ss";
                    case 'p' -> "a";
                    case 'j' -> "DDD";
                    case 'F' -> "yyyy-MM-dd";
                    case 'T' -> "HH:mm:ss";
                    case '%' -> "'%'";
                    default -> throw Run.current().stop("strftime_now does not know %%%c".formatted(directive));
                };
        return LocalDateTime.now(java.time.ZoneId.systemDefault())
                .format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }

    private static @Nullable Object text(@Nullable Object value, String method, Arguments arguments) {
        return PythonMethods.call(Python.text(value), method, arguments);
    }

    private static Object join(@Nullable Object value, Arguments arguments) {
        String attribute = arguments.text(1, "attribute");
        List<@Nullable Object> items = Python.items(value);
        if (attribute != null) {
            items.replaceAll(item -> item == null ? null : Python.item(item, attribute));
        }
        String separator = arguments.text(0, "d");
        return PythonMethods.join(separator == null ? "" : separator, items);
    }

    private static long length(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map.size() : Python.items(value).size();
    }

    private static @Nullable Object end(List<@Nullable Object> items, int index) {
        return Python.item(items, index);
    }

    private static Object reversed(@Nullable Object value) {
        if (value instanceof String text) {
            return Python.slice(text, null, null, -1L);
        }
        List<@Nullable Object> items = new ArrayList<>(Python.items(value));
        Collections.reverse(items);
        return items;
    }

    private static @Nullable Object orDefault(@Nullable Object value, Arguments arguments) {
        boolean missing = value == null || (Python.truth(arguments.get(1, "boolean")) && !Python.truth(value));
        return missing ? arguments.get(0, "default_value") : value;
    }

    private static boolean isGoneThrough(@Nullable Object value) {
        return value instanceof Collection || value instanceof Map || value instanceof String;
    }
}
