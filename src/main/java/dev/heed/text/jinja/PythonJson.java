package dev.heed.text.jinja;

import dev.heed.run.Json;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as {@code json.dumps(value, ensure_ascii=False, indent=…)} writes it. */
final class PythonJson {
    private static final int WIDEST_INDENT = 16;

    private final StringBuilder out = new StringBuilder();
    private final int indent; // below 0: on one line

    private PythonJson(int indent) {
        this.indent = Math.min(indent, WIDEST_INDENT);
    }

    static String of(@Nullable Object value, int indent) {
        PythonJson json = new PythonJson(indent);
        json.write(value, 1);
        return json.out.toString();
    }

    private void write(@Nullable Object value, int depth) {
        Python.checkLength(out.length());
        if (value instanceof Map<?, ?> map) {
            out.append('{');
            Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
            all(map.size(), depth, () -> {
                Map.Entry<?, ?> entry = entries.next();
                out.append(Json.line(Python.text(entry.getKey()))).append(": ");
                write(entry.getValue(), depth + 1);
            });
            out.append('}');
        } else if (value instanceof Collection<?> list) {
            out.append('[');
            Iterator<?> items = list.iterator();
            all(list.size(), depth, () -> write(items.next(), depth + 1));
            out.append(']');
        } else if (value == null || value instanceof Boolean) {
            out.append(value);
        } else {
            out.append(value instanceof Number ? value : Json.line(Python.text(value)));
        }
    }

    private void all(int size, int depth, Runnable next) {
        for (int i = 0; i < size; i++) {
            out.append(i == 0 ? "" : indent < 0 ? ", " : ",");
            line(depth);
            next.run();
        }
        if (size > 0) {
            line(depth - 1);
        }
    }

    private void line(int depth) {
        if (indent >= 0) {
            out.append('\n').append(" ".repeat(indent * depth));
        }
    }
}
