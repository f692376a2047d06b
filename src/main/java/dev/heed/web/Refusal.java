package dev.heed.web;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A program's request that is not answered, as OpenAI's clients expect to be told: one line, and what it is about. */
public final class Refusal extends RuntimeException {
    private final int status;
    private final @Nullable String about;
    private final @Nullable String code;

    /**
     * A refusal.
     *
     * @param status as in HTTP
     * @param about the field of the request that is wrong
     * @param code a word for programs
     */
    public Refusal(int status, @Nullable String about, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.about = about;
        this.code = code;
    }

    static Refusal ofField(String about, String message) {
        return new Refusal(400, about, "invalid_value", message);
    }

    /** There is no such model; says which there are. */
    public static Refusal unknownModel(String id, List<ModelHost.Model> models) {
        String names = models.stream().map(ModelHost.Model::id).collect(Collectors.joining(", "));
        return new Refusal(
                404,
                "model",
                "model_not_found",
                "no model '%s'; there are %s".formatted(id, names.isEmpty() ? "none yet" : names));
    }

    int status() {
        return status;
    }

    /** Whether the same request may be answered in a moment. */
    boolean passes() {
        return status == 429;
    }

    Map<String, Object> body() {
        return body(status, getMessage(), about, code);
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    static Map<String, Object> body(
            int status, @Nullable String message, @Nullable String about, @Nullable String code) {
        Map<String, @Nullable Object> error = new TreeMap<>();
        error.put("message", message);
        error.put("type", type(status));
        error.put("param", about);
        error.put("code", code);
        return Map.of("error", error);
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }
}
