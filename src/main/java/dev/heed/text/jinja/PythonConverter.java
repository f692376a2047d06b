package dev.heed.text.jinja;

import com.hubspot.jinjava.el.TruthyTypeConverter;
import org.jspecify.annotations.Nullable;

/** What is true, and what a value is as text, in Python's sense. */
final class PythonConverter extends TruthyTypeConverter {
    private static final long serialVersionUID = 1;

    @Override
    protected Boolean coerceToBoolean(@Nullable Object value) {
        return Python.truth(value);
    }

    @Override
    protected String coerceToString(@Nullable Object value) {
        return Python.text(value);
    }
}
