package dev.heed.text.jinja;

import com.hubspot.jinjava.el.ext.NamedParameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a filter, method or function is called with. */
record Arguments(List<@Nullable Object> positional, Map<String, Object> named) {
    static Arguments of(Object @Nullable [] values) {
        Arguments arguments = new Arguments(new ArrayList<>(), new LinkedHashMap<>());
        for (Object value : values == null ? new Object[0] : values) {
            if (value instanceof NamedParameter parameter) {
                arguments.named.put(parameter.getName(), parameter.getValue());
            } else {
                arguments.positional.add(value);
            }
        }
        return arguments;
    }

    static Arguments of(Object[] values, Map<String, Object> named) {
        Arguments arguments = of(values);
        arguments.named.putAll(named);
        return arguments;
    }

    int count() {
        return positional.size() + named.size();
    }

    /** The argument by its place or its name; null where it is left out. */
    @Nullable
    Object get(int index, String name) {
        return index < positional.size() ? positional.get(index) : named.get(name);
    }

    /** The argument as text; null where it is left out. */
    @Nullable
    String text(int index, String name) {
        Object value = get(index, name);
        return value == null ? null : Python.text(value);
    }

    /** The argument as text, which may not be left out. */
    String expectText(int index, String name) {
        if (get(index, name) instanceof String text) {
            return text;
        }
        throw Run.current().stop("%s must be text, was %s".formatted(name, Python.kind(get(index, name))));
    }

    int number(int index, String name, int absent) {
        return get(index, name) instanceof Number number ? number.intValue() : absent;
    }
}
