package dev.heed.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * JSON objects that strangers wrote, such as what lies beside a model's weights. However they are made, they cannot take
 * memory out of proportion: their bytes, tokens, depth and the length of names and numbers are bounded. A key that comes
 * twice is an error, for readers differ in which of the two they take.
 */
public final class UntrustedJson {
    private static final int DEEPEST = 64;
    private static final int LONGEST_NUMBER = 40;
    private static final int LONGEST_NAME = 1000;
    private static final long MOST_TOKENS = 4_000_000; // the parsed tree takes 50 bytes a token: 200 MB
    private static final int SHOWN = 200;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(LONGEST_NUMBER)
                            .maxNameLength(LONGEST_NAME)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private UntrustedJson() {}

    /**
     * Reads a file that holds one object.
     *
     * @param mostBytes the longest file that is read
     * @throws UserError if it is no file, longer, or not one JSON object in UTF-8 within the bounds
     */
    public static ObjectNode object(Path file, int mostBytes) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(Files.exists(file) ? "%s is not a file".formatted(file) : "no file " + file);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(mostBytes);
            if (in.read() >= 0) {
                throw new UserError("%s is longer than %d bytes".formatted(file, mostBytes));
            }
            return object(file.toString(), bytes);
        } catch (IOException e) {
            throw new UserError("cannot read %s: %s".formatted(file, e), e);
        }
    }

    /**
     * Reads one object.
     *
     * @param what begins each complaint: {@code "config.json"} is not JSON
     * @throws UserError if it is not one JSON object in UTF-8 within the bounds
     */
    public static ObjectNode object(String what, byte[] text) {
        try (Reader reader = new InputStreamReader(
                new ByteArrayInputStream(text), StandardCharsets.UTF_8.newDecoder())) { // it refuses what is not UTF-8
            JsonNode root = MAPPER.readTree(reader);
            if (root instanceof ObjectNode object) {
                return object;
            }
            throw new UserError(what + (root.isMissingNode() ? " is empty, expected JSON" : " is not a JSON object"));
        } catch (JsonProcessingException e) {
            throw new UserError("%s is not JSON: %s".formatted(what, shown(reason(e), SHOWN)), e);
        } catch (CharacterCodingException e) {
            throw new UserError(what + " is not UTF-8", e);
        } catch (IOException e) {
            throw new UserError("%s cannot be read: %s".formatted(what, e), e);
        }
    }

    private static String reason(JsonProcessingException e) {
        return Json.where(e)
                .replaceAll(", from `[^`]*`| \\(for \\w+ starting at \\[[^]]*\\]\\)", ""); // the parser's own
    }

    /** A file's text as a message may show it: without line ends and control characters, cut after so many characters. */
    public static String shown(String text, int most) {
        String cut = text.length() <= most ? text : text.substring(0, most) + "…";
        return cut.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
