package dev.heed.web;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.heed.run.Version;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /openapi.json}: the table of routes for programs, made of the table itself, as OpenAPI 3.1 has it. */
final class OpenApi {
    private static final Pattern IN_PATH = Pattern.compile("\\{(\\w+)}");

    private final List<Route> routes;

    OpenApi(List<Route> routes) {
        this.routes = new ArrayList<>(routes);
        this.routes.add(
                Route.get("/openapi.json", Access.ANYONE, "this document", ctx -> Wire.answer(ctx, document())));
    }

    /** The table with the route of the document. */
    List<Route> withItself() {
        return List.copyOf(routes);
    }

    Map<String, Object> document() {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        routes.forEach(route -> paths.computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
                .put(route.method().name().toLowerCase(Locale.ROOT), operation(route)));
        return Map.of(
                "openapi",
                "3.1.0",
                "info",
                Map.of("title", "Heed", "version", Version.current().version()),
                "paths",
                paths,
                "components",
                Map.of(
                        "securitySchemes",
                        Map.of(
                                "token", Map.of("type", "http", "scheme", "bearer"),
                                "session", Map.of("type", "apiKey", "in", "cookie", "name", "heed"))));
    }

    private static Map<String, Object> operation(Route route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", route.summary());
        operation.put("x-access", route.access().name().toLowerCase(Locale.ROOT));
        List<Object> parameters = new ArrayList<>();
        IN_PATH.matcher(route.path()).results().map(OpenApi::inPath).forEach(parameters::add);
        route.asks().stream().map(OpenApi::inQuery).forEach(parameters::add);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (route.takes() != null) {
            operation.put(
                    "requestBody",
                    Map.of("required", true, "content", content(route.takes(), "application/octet-stream")));
        }
        operation.put("responses", responses(route));
        if (route.access() != Access.ANYONE) {
            operation.put("security", List.of(Map.of("token", List.of()), Map.of("session", List.of())));
        }
        return operation;
    }

    private static Map<String, Object> responses(Route route) {
        Map<String, Object> responses = new LinkedHashMap<>();
        responses.put(
                "200",
                route.gives() == null
                        ? Map.of("description", route.summary())
                        : Map.of("description", route.summary(), "content", content(route.gives(), "*/*")));
        responses.put(
                "default",
                Map.of(
                        "description",
                        "what was wrong",
                        "content",
                        Map.of(
                                "application/json",
                                Map.of(
                                        "schema",
                                        Map.of(
                                                "type",
                                                "object",
                                                "properties",
                                                Map.of("error", Map.of("type", "string")))))));
        return responses;
    }

    private static Map<String, Object> inPath(MatchResult found) {
        return Map.of("name", found.group(1), "in", "path", "required", true, "schema", Map.of("type", "string"));
    }

    private static Map<String, Object> inQuery(String asked) {
        boolean optional = asked.endsWith("?");
        String name = optional ? asked.substring(0, asked.length() - 1) : asked;
        return Map.of("name", name, "in", "query", "required", !optional, "schema", Map.of("type", "string"));
    }

    /** @param file the type of what is no JSON */
    private static Map<String, Object> content(Class<?> type, String file) {
        return type == Route.Bytes.class
                ? Map.of(file, Map.of())
                : Map.of("application/json", Map.of("schema", schema(type)));
    }

    private static Map<String, Object> schema(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type[] inner = generic.getActualTypeArguments();
            return Collection.class.isAssignableFrom(raw)
                    ? Map.of("type", "array", "items", schema(inner[0]))
                    : Map.of("type", "object", "additionalProperties", schema(inner[inner.length - 1]));
        }
        return type instanceof Class<?> plain ? schemaOf(plain) : Map.of();
    }

    private static Map<String, Object> schemaOf(Class<?> type) {
        if (type.isArray()) {
            return Map.of("type", "array", "items", schema(type.getComponentType()));
        }
        if (type.isEnum()) {
            return Map.of(
                    "type",
                    "string",
                    "enum",
                    Arrays.stream(type.getEnumConstants())
                            .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                            .toList());
        }
        if (type.isRecord()) {
            return record(type);
        }
        if (type == Instant.class) {
            return Map.of("type", "string", "format", "date-time");
        }
        if (type == UUID.class) {
            return Map.of("type", "string", "format", "uuid");
        }
        return Map.of("type", simple(type));
    }

    private static String simple(Class<?> type) {
        if (type == boolean.class) {
            return "boolean";
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "integer";
        }
        return type == double.class || type == Double.class ? "number" : type == String.class ? "string" : "object";
    }

    private static Map<String, Object> record(Class<?> type) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName());
            properties.put(name, schema(component.getGenericType()));
            if (!isNullable(component.getAnnotatedType())) {
                required.add(name);
            }
        }
        return Map.of("type", "object", "properties", properties, "required", required);
    }

    private static boolean isNullable(AnnotatedElement type) {
        return type.isAnnotationPresent(Nullable.class);
    }
}
