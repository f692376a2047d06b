package dev.heed.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of Python's {@code str}, {@code dict} and {@code list} that templates may call. */
final class PythonMethods {
    private PythonMethods() {}

    static @Nullable Object call(Object base, String method, Arguments arguments) {
        if (method.equals(PythonParser.SLICE)) {
            return Python.slice(base, arguments.get(0, ""), arguments.get(1, ""), arguments.get(2, ""));
        }
        if (base instanceof String text) {
            return ofText(text, method, arguments);
        }
        if (base instanceof Map<?, ?> map) {
            return ofMap(map, method, arguments);
        }
        throw unknown(base, method);
    }

    private static @Nullable Object ofMap(Map<?, ?> map, String method, Arguments arguments) {
        return switch (method) {
            case "get" -> {
                Object key = arguments.get(0, "key");
                yield key != null && map.containsKey(key) ? map.get(key) : arguments.get(1, "default");
            }
            case "keys" -> new ArrayList<>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "items" -> pairs(map);
            default -> throw unknown(map, method);
        };
    }

    static List<Object> pairs(Map<?, ?> map) {
        List<Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> {
            List<@Nullable Object> pair = new ArrayList<>();
            pair.add(key);
            pair.add(value);
            pairs.add(pair);
        });
        return pairs;
    }

    private static Object ofText(String text, String method, Arguments arguments) {
        return switch (method) {
            case "strip" -> strip(text, arguments.text(0, "chars"), true, true);
            case "lstrip" -> strip(text, arguments.text(0, "chars"), true, false);
            case "rstrip" -> strip(text, arguments.text(0, "chars"), false, true);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> capitalize(text);
            case "startswith" -> affixes(arguments).stream().anyMatch(text::startsWith);
            case "endswith" -> affixes(arguments).stream().anyMatch(text::endsWith);
            case "replace" -> replace(text, arguments);
            case "split" -> split(text, arguments.text(0, "sep"), arguments.number(1, "maxsplit", -1));
            case "rsplit" -> rsplit(text, arguments.expectText(0, "sep"), arguments.number(1, "maxsplit", -1));
            case "splitlines" -> text.lines().toList();
            case "join" -> join(text, arguments.get(0, "iterable"));
            case "find" -> (long) text.indexOf(arguments.expectText(0, "sub"));
            case "count" -> (long) count(text, arguments.expectText(0, "sub"));
            case "removeprefix", "removesuffix" -> without(text, method, arguments.expectText(0, "affix"));
            case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
            case "isspace" -> !text.isEmpty() && strip(text, null, true, false).isEmpty();
            default -> throw unknown(text, method);
        };
    }

    private static Stop unknown(Object base, String method) {
        return Run.current().stop("%s has no method %s that Heed knows".formatted(Python.kind(base), method));
    }

    private static List<String> affixes(Arguments arguments) {
        Object value = arguments.get(0, "prefix");
        List<?> affixes = value instanceof List<?> list ? list : List.of(arguments.expectText(0, "prefix"));
        return affixes.stream().map(Python::text).toList();
    }

    private static String without(String text, String method, String affix) {
        if (method.equals("removeprefix")) {
            return text.startsWith(affix) ? text.substring(affix.length()) : text;
        }
        return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
    }

    /** Without these letters at its ends; without blanks where none are given. */
    static String strip(String text, @Nullable String letters, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && isIn(text.charAt(from), letters)) {
            from++;
        }
        while (right && to > from && isIn(text.charAt(to - 1), letters)) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isIn(char letter, @Nullable String letters) {
        return letters == null ? isBlank(letter) : letters.indexOf(letter) >= 0;
    }

    /** Python's {@code str.isspace}: Unicode's blanks, the no-break ones and four separators of ASCII among them. */
    private static boolean isBlank(char letter) {
        return Character.isWhitespace(letter) || Character.isSpaceChar(letter) || letter == '\u0085';
    }

    static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean within = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            title.append(within ? Character.toLowerCase(letter) : Character.toTitleCase(letter));
            within = Character.isLetter(letter);
        }
        return title.toString();
    }

    static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String replace(String text, Arguments arguments) {
        String old = arguments.expectText(0, "old");
        String fresh = arguments.expectText(1, "new");
        int times = arguments.number(2, "count", -1);
        int most = times < 0 ? Integer.MAX_VALUE : times;
        Python.checkLength(text.length() + (long) count(text, old) * fresh.length());
        if (old.isEmpty() || most == Integer.MAX_VALUE) {
            return text.replace(old, fresh);
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(old); at >= 0 && most-- > 0; at = text.indexOf(old, from)) {
            out.append(text, from, at).append(fresh);
            from = at + old.length();
        }
        return out.append(text.substring(from)).toString();
    }

    private static int count(String text, String part) {
        if (part.isEmpty()) {
            return text.length() + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    static List<String> split(String text, @Nullable String separator, int most) {
        List<String> parts = new ArrayList<>();
        String rest = separator == null ? strip(text, null, true, false) : text;
        while (most < 0 || parts.size() < most) {
            int at = separator == null ? blank(rest) : indexOf(rest, separator);
            if (at < 0) {
                break;
            }
            parts.add(rest.substring(0, at));
            rest = separator == null
                    ? strip(rest.substring(at), null, true, false)
                    : rest.substring(at + separator.length());
            Python.bounded(parts);
        }
        if (separator != null || !rest.isEmpty()) {
            parts.add(rest);
        }
        return parts;
    }

    private static int blank(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (isBlank(text.charAt(at))) {
                return at;
            }
        }
        return -1;
    }

    private static int indexOf(String text, String separator) {
        if (separator.isEmpty()) {
            throw Run.current().stop("split by nothing");
        }
        return text.indexOf(separator);
    }

    private static List<String> rsplit(String text, String separator, int most) {
        List<String> parts = split(text, separator, -1);
        int kept = most < 0 ? parts.size() : Math.min(most, parts.size() - 1);
        int cut = parts.size() - kept;
        List<String> result = new ArrayList<>();
        if (cut > 0) {
            result.add(String.join(separator, parts.subList(0, cut)));
        }
        result.addAll(parts.subList(Math.max(cut, 0), parts.size()));
        return result;
    }

    static String join(String separator, @Nullable Object items) {
        StringBuilder out = new StringBuilder();
        String before = "";
        for (Object item : Python.items(items)) {
            String text = Python.text(item);
            Python.checkLength((long) out.length() + separator.length() + text.length());
            out.append(before).append(text);
            before = separator;
        }
        return out.toString();
    }
}
