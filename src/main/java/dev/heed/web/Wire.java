package dev.heed.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.heed.run.Json;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** JSON in and out of a request, with a limit on what comes in. */
final class Wire {
    private static final int MOST_FROM_A_PAGE = 64 << 10; // bytes
    private static final int MOST_FROM_A_PROCESS = 256 << 20;

    private Wire() {}

    static void answer(Context ctx, Object value) {
        ctx.contentType("application/json").result(Json.line(value));
    }

    /** @throws BadRequestResponse if the body is no such thing */
    static <T> T body(Context ctx, Class<T> type) {
        return body(ctx, MOST_FROM_A_PAGE, new TypeReference<T>() {
            @Override
            public java.lang.reflect.Type getType() {
                return type;
            }
        });
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
            return value;
        } catch (JsonProcessingException e) {
            throw new BadRequestResponse("not what is expected here: " + Json.where(e));
        } catch (IOException e) {
            throw new UncheckedIOException("the body could not be read", e);
        }
    }
}
