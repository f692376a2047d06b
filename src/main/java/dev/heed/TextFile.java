package dev.heed;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Pieces;
import dev.heed.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Text to train on: {@code .jsonl} with a "text" or a conversation's "messages" a line, or plain text whose documents are
 * parted by blank lines.
 */
final class TextFile {
    private static final String JSON_LINES = ".jsonl";

    private TextFile() {}

    /** A document: either running text or a conversation. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Document(@Nullable String text, @Nullable List<Message> messages) {
        static Document ofText(String text) {
            return new Document(text, null);
        }

        static Document ofConversation(List<Message> messages) {
            return new Document(null, messages);
        }

        /** All that anyone says in it. */
        String words() {
            return text != null
                    ? text
                    : conversation().stream().map(Message::content).collect(Collectors.joining("\n"));
        }

        /** Its ids, without BOS and EOS around it. */
        int[] ids(Tokenizer tokenizer, ChatTemplate template) {
            if (text != null) {
                return tokenizer.encode(text);
            }
            int[] ids = template.prompt(new Prompt("", conversation(), "", Split.TRAIN));
            return ids.length > 0 && ids[0] == tokenizer.bos() ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
        }

        private List<Message> conversation() {
            return messages == null ? List.of() : messages;
        }
    }

    static void write(Path file, List<Document> documents) {
        String lines =
                documents.stream().map(document -> Json.line(document) + "\n").collect(Collectors.joining());
        Json.replace(file, lines.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws UserError if it is missing, empty, not UTF-8, or a line has neither text nor messages */
    static List<Document> read(Path file) {
        try {
            List<Document> found = file.toString().endsWith(JSON_LINES)
                    ? lines(file)
                    : Arrays.stream(Files.readString(file).split("\\R\\s*\\R"))
                            .map(String::strip)
                            .filter(text -> !text.isEmpty())
                            .map(Document::ofText)
                            .toList();
            if (found.isEmpty()) {
                throw new UserError("%s has no text; it needs at least one document".formatted(file));
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new UserError("there is no text at " + file, e);
        } catch (MalformedInputException e) {
            throw new UserError("%s is not UTF-8; save it as UTF-8 text".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static List<Document> lines(Path file) throws IOException {
        List<Document> found = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            found.add(document(file, found.size(), line));
        }
        return found;
    }

    /**
     * The document of a line of {@code .jsonl}.
     *
     * @param place of the line, counted from 0
     */
    private static Document document(Path file, int place, String line) {
        try {
            Document document = Json.mapper().readValue(line, Document.class);
            if (document == null || (document.text() == null) == (document.messages() == null)) {
                throw new UserError("%s line %d needs either \"text\" or \"messages\"".formatted(file, place + 1));
            }
            return document;
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "%s line %d is no document: %s; each line is {\"text\": \"…\"} or {\"messages\": […]}"
                            .formatted(file, place + 1, Json.where(e)),
                    e);
        }
    }

    /** What anyone says in a piece of such a file, see {@link Pieces}. */
    static Pieces.Words words(Path file) {
        return file.toString().endsWith(JSON_LINES)
                ? (place, line) -> document(file, place, line).words()
                : (place, text) -> text;
    }
}
