package dev.heed.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What values are in Python: as text, as conditions, item by item. */
final class Python {
    private Python() {}

    /** As {@code str} gives it; nothing for None, since undefined is the same value here and prints so. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        represent(out, value);
        return out.toString();
    }

    private static void represent(StringBuilder out, @Nullable Object value) {
        checkLength(out.length());
        if (value == null) {
            out.append("None");
        } else if (value instanceof Boolean truth) {
            out.append(truth ? "True" : "False");
        } else if (value instanceof String text) {
            char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
            String escaped = text.replace("\\", "\\\\")
                    .replace("\n", "\\n")
                    .replace("\t", "\\t")
                    .replace("\r", "\\r");
            out.append(quote)
                    .append(quote == '\'' ? escaped.replace("'", "\\'") : escaped)
                    .append(quote);
        } else if (value instanceof Map<?, ?> map) {
            representMap(out, map);
        } else if (value instanceof Collection<?> list) {
            representList(out, list);
        } else {
            out.append(value instanceof Number ? value : "<" + kind(value) + ">");
        }
    }

    private static void representList(StringBuilder out, Collection<?> list) {
        out.append('[');
        String separator = "";
        for (Object item : list) {
            out.append(separator);
            represent(out, item);
            separator = ", ";
        }
        out.append(']');
    }

    private static void representMap(StringBuilder out, Map<?, ?> map) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            represent(out, entry.getKey());
            out.append(": ");
            represent(out, entry.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    static boolean truth(@Nullable Object value) {
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof Collection<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value instanceof Boolean truth ? truth : value != null;
    }

    static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return (isWhole(x) && isWhole(y)) ? x.longValue() == y.longValue() : x.doubleValue() == y.doubleValue();
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            Run.current().tick(); // lists that hold each other many times would compare for ever
            boolean equal = x.size() == y.size();
            for (int i = 0; equal && i < x.size(); i++) {
                equal = equal(x.get(i), y.get(i));
            }
            return equal;
        }
        return Objects.equals(a, b);
    }

    static boolean isWhole(Number number) {
        return number instanceof Long || number instanceof Integer;
    }

    /** What kind of value it is, for a complaint. */
    static String kind(@Nullable Object value) {
        if (value == null) {
            return "nothing (None or undefined)";
        }
        return value instanceof String
                ? "text"
                : value instanceof Number
                        ? "a number"
                        : value instanceof Boolean
                                ? "a boolean"
                                : value instanceof Map
                                        ? "a dict"
                                        : value instanceof Collection ? "a list" : "a function";
    }

    /** An attribute, or the item at an index, which counts from the end where it is negative; null where there is none. */
    static @Nullable Object item(Object base, Object property) {
        if (base instanceof Map<?, ?> map) {
            return map.get(String.valueOf(property));
        }
        Integer index = index(property);
        if (index == null) {
            return null;
        }
        List<?> items = base instanceof String text ? letters(text) : base instanceof List<?> list ? list : List.of();
        int at = index < 0 ? index + items.size() : index;
        return at >= 0 && at < items.size() ? items.get(at) : null;
    }

    private static @Nullable Integer index(Object property) {
        String text = String.valueOf(property);
        return text.matches("-?\\d{1,9}") ? Integer.valueOf(text) : null;
    }

    /** Items of a list, letters of a text, keys of a dict. */
    static List<@Nullable Object> items(@Nullable Object value) {
        if (value instanceof String text) {
            return new ArrayList<>(letters(text));
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof Iterable<?> iterable) {
            List<@Nullable Object> items = new ArrayList<>();
            for (Iterator<?> each = iterable.iterator(); each.hasNext() && items.size() <= Jinja.MOST_ITEMS; ) {
                items.add(each.next());
            }
            return bounded(items);
        }
        if (value instanceof Object[] array) {
            return new ArrayList<>(Arrays.asList(array));
        }
        if (value == null) {
            return new ArrayList<>();
        }
        throw Run.current().stop("%s cannot be gone through".formatted(kind(value)));
    }

    private static List<String> letters(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    /** As {@code value[from:to:step]} gives it; each may be null. */
    static Object slice(Object value, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        List<@Nullable Object> items = items(value);
        int by = step instanceof Number number ? number.intValue() : 1;
        if (by == 0) {
            throw Run.current().stop("slice step cannot be zero");
        }
        int size = items.size();
        int first = bound(from, by > 0 ? 0 : size - 1, size, by);
        int end = to == null ? (by > 0 ? size : -1) : bound(to, 0, size, by);
        List<@Nullable Object> part = new ArrayList<>();
        for (long at = first; by > 0 ? at < end : at > end; at += by) {
            part.add(items.get((int) at));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            part.forEach(text::append);
            return text.toString();
        }
        return part;
    }

    private static int bound(@Nullable Object value, int absent, int size, int by) {
        if (!(value instanceof Number number)) {
            return absent;
        }
        long at = number.longValue() < 0 ? number.longValue() + size : number.longValue();
        return (int) Math.max(by > 0 ? 0 : -1, Math.min(by > 0 ? size : size - 1, at));
    }

    static <T extends Collection<?>> T bounded(T items) {
        if (items.size() > Jinja.MOST_ITEMS) {
            throw Run.current().stop("a list of more than %d items".formatted(Jinja.MOST_ITEMS));
        }
        return items;
    }

    static void checkLength(long letters) {
        if (letters > Jinja.MOST_LETTERS) {
            throw Run.current().stop("a text of more than %d letters".formatted(Jinja.MOST_LETTERS));
        }
    }
}
