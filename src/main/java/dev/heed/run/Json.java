package dev.heed.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * JSON as every file and answer of Heed has it: snake_case names, lower-case enums, ISO instants, paths as text. Reading
 * is strict: an unknown property, or none where a number belongs, is an error.
 */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule().addSerializer(Path.class, new PathAsText()))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** The shared mapper; not to be configured further. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** The value on one line, as a line of a JSONL file without its end. */
    public static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass().getName(), e);
        }
    }

    /** The value indented, for people, without a line end. */
    public static String text(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass().getName(), e);
        }
    }

    /** Writes the value, indented, whole or not at all ({@link #replace}). */
    public static void write(Path file, Object value) {
        replace(file, (text(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Gives the file new content, whole or not at all ({@link WholeFile}). */
    public static void replace(Path file, byte[] content) {
        WholeFile.write(file, out -> out.write(content));
    }

    /**
     * Reads a JSON document.
     *
     * @throws UserError if the file is missing or no JSON
     */
    public static JsonNode read(Path file) {
        return read(file, JsonNode.class);
    }

    /**
     * Reads a JSON document as a record.
     *
     * @throws UserError if the file is missing, no JSON, or not of that form
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw new UserError("%s is empty, expected JSON".formatted(file));
            }
            return MAPPER.readValue(bytes, type);
        } catch (NoSuchFileException e) {
            throw new UserError("no file %s".formatted(file), e);
        } catch (JsonProcessingException e) {
            throw new UserError("%s is not as expected: %s".formatted(file, where(e)), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** What the parser complains of and where, on one line. */
    public static String where(JsonProcessingException e) {
        String what =
                e.getOriginalMessage().lines().findFirst().orElse("no JSON").replaceFirst(" \\(set .*", "");
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            what = mapping.getPath().stream()
                            .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : at.getFieldName())
                            .collect(Collectors.joining("."))
                    + ": " + what;
        }
        return e.getLocation() == null
                ? what
                : "%s (line %d, column %d)"
                        .formatted(
                                what,
                                e.getLocation().getLineNr(),
                                e.getLocation().getColumnNr());
    }

    private static final class PathAsText extends StdSerializer<Path> {
        PathAsText() {
            super(Path.class);
        }

        @Override
        public void serialize(Path value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(value.toString());
        }
    }
}
