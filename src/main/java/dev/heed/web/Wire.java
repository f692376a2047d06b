package dev.heed.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SequenceWriter;
import dev.heed.run.Json;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** JSON in and out of a request, with a limit on what comes in. */
final class Wire {
    private static final int MOST_FROM_A_PAGE = 64 << 10; // bytes
    private static final int MOST_FROM_A_FILE = 16 << 20;
    private static final int MOST_FROM_A_PROCESS = 256 << 20;

    private Wire() {}

    static void answer(Context ctx, Object value) {
        ctx.contentType("application/json").result(Json.line(value));
    }

    /**
     * An array that is written while it is read, few values in memory at a time. Where something fails on the way, the
     * array is left open, so that nobody takes a part for the whole.
     */
    static <T> void stream(Context ctx, Consumer<Consumer<T>> values) {
        ctx.contentType("application/json");
        try {
            SequenceWriter writer = Json.mapper().writer().writeValuesAsArray(ctx.outputStream());
            values.accept(value -> write(writer, value));
            writer.close(); // writes the array's end
        } catch (IOException e) {
            throw new UncheckedIOException("the answer could not be written", e);
        }
    }

    private static void write(SequenceWriter writer, Object value) {
        try {
            writer.write(value);
        } catch (IOException e) {
            throw new UncheckedIOException("the answer could not be written", e);
        }
    }

    /** @throws BadRequestResponse if the body is no such thing */
    static <T> T body(Context ctx, Class<T> type) {
        return body(ctx, MOST_FROM_A_PAGE, type);
    }

    /** As {@link #body}, for what someone has in a file. */
    static <T> T large(Context ctx, Class<T> type) {
        return body(ctx, MOST_FROM_A_FILE, type);
    }

    private static <T> T body(Context ctx, int limit, Class<T> type) {
        return body(ctx, limit, new TypeReference<T>() {
            @Override
            public java.lang.reflect.Type getType() {
                return type;
            }
        });
    }

    /** Whatever is not marked as nullable must be there. */
    private static void expectWhole(Object value) {
        if (!value.getClass().isRecord()) {
            return;
        }
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object part = part(value, component);
            if (part == null && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                throw new BadRequestResponse("%s is missing"
                        .formatted(PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName())));
            }
            if (part != null) {
                expectWhole(part);
            }
        }
    }

    private static @Nullable Object part(Object value, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A whole number in the path. */
    static long pathNumber(Context ctx, String name) {
        return number(name, ctx.pathParam(name));
    }

    /** A whole number in the query; {@code otherwise} where it is left out. */
    static long queryNumber(Context ctx, String name, long otherwise) {
        String value = ctx.queryParam(name);
        return value == null ? otherwise : number(name, value);
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new BadRequestResponse("%s must be a whole number, was %s".formatted(name, value));
        }
    }

    /** As {@link #body}, for what another process of the same owner sends. */
    static <T> T bulk(Context ctx, TypeReference<T> type) {
        return body(ctx, MOST_FROM_A_PROCESS, type);
    }

    private static <T> T body(Context ctx, int limit, TypeReference<T> type) {
        try (InputStream stream = ctx.bodyInputStream()) {
            byte[] bytes = stream.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new ContentTooLargeResponse("a body has at most %d bytes".formatted(limit));
            }
            T value = Json.mapper().readValue(bytes, type);
            if (value == null) {
                throw new BadRequestResponse("the body is null");
            }
            expectWhole(value);
            return value;
        } catch (JsonProcessingException e) {
            throw new BadRequestResponse("not what is expected here: " + Json.where(e));
        } catch (IOException e) {
            throw new UncheckedIOException("the body could not be read", e);
        }
    }
}
