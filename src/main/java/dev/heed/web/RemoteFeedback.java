package dev.heed.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import dev.heed.db.Conflict;
import dev.heed.db.Feedback;
import dev.heed.db.FeedbackStore;
import dev.heed.db.ServerFile;
import dev.heed.db.Snapshot;
import dev.heed.db.Tally;
import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Demonstrated;
import dev.heed.feedback.Event;
import dev.heed.feedback.Known;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.feedback.Taken;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.run.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of a home that a running {@code heed serve} holds, asked through that server; where it is started anew in the
 * meantime, through the one that follows. Nothing is done twice by that: to add what is there already changes nothing.
 */
public final class RemoteFeedback implements Feedback {
    private static final int CHUNK = 2000; // rows sent at once

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOK_MS = 100;
    private static final int UNAUTHORIZED = 401;

    private final Path home;
    private final HttpClient http;
    private volatile ServerFile server;

    private RemoteFeedback(Path home, ServerFile server) {
        this.home = home;
        this.server = server;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    /** The server that holds this home; empty where none is running. */
    public static Optional<Feedback> find(Path home) {
        return ServerFile.find(home)
                .filter(server -> ProcessHandle.of(server.pid()).isPresent())
                .map(server -> new RemoteFeedback(home, server))
                .filter(RemoteFeedback::answers)
                .map(Feedback.class::cast);
    }

    /** As {@link #orStore(Path, String)}, where the home says where its database lies. */
    public static Feedback orStore(Path home) {
        return orStore(home, "");
    }

    /**
     * The running server's store if there is one, otherwise the database itself.
     *
     * @param db as {@link FeedbackStore#open(Path, String)} takes it
     */
    public static Feedback orStore(Path home, String db) {
        return find(home).orElseGet(() -> FeedbackStore.open(home, db));
    }

    private boolean answers() {
        try {
            return once(server, "GET", "tally", null, HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public List<Prompt> addPrompts(List<Prompt> prompts) {
        return addAll("prompts", prompts, new TypeReference<List<Prompt>>() {});
    }

    @Override
    public List<Prompt> prompts(Split split) {
        return get("prompts?split=" + split.name(), new TypeReference<List<Prompt>>() {});
    }

    @Override
    public List<Comparison> addComparisons(List<Comparison> comparisons) {
        return addAll("comparisons", comparisons, new TypeReference<List<Comparison>>() {});
    }

    @Override
    public Optional<Comparison> findComparison(long id) {
        return find("comparison?id=" + id, new TypeReference<Comparison>() {});
    }

    @Override
    public Optional<Campaign> findCampaign(String name) {
        return find("campaign?name=" + encode(name), new TypeReference<Campaign>() {});
    }

    private <T> Optional<T> find(String path, TypeReference<T> type) {
        HttpResponse<String> response = send("GET", path, null);
        return response.statusCode() == 404 ? Optional.empty() : Optional.of(parse(expectDone(response), type));
    }

    @Override
    public List<Comparison> comparisons(int round) {
        return get("comparisons?round=" + round, new TypeReference<List<Comparison>>() {});
    }

    @Override
    public List<Comparison> open(String labeler, int limit, int answers) {
        return get(
                "open?labeler=%s&limit=%d&answers=%d".formatted(encode(labeler), limit, answers),
                new TypeReference<List<Comparison>>() {});
    }

    @Override
    public long remaining(String labeler, int answers) {
        return get("remaining?labeler=%s&answers=%d".formatted(encode(labeler), answers), new TypeReference<Long>() {});
    }

    @Override
    public List<Preference> addPreferences(List<Preference> preferences) {
        return post("preferences", preferences, new TypeReference<List<Preference>>() {});
    }

    @Override
    public void eachPreference(Consumer<Preference> reader) {
        each("preferences", Preference.class, reader);
    }

    @Override
    public void eachPair(Consumer<Pair> reader) {
        each("pairs", Pair.class, reader);
    }

    @Override
    public long lastPreference() {
        return get("last", new TypeReference<Long>() {});
    }

    @Override
    public void eachEvent(long last, Consumer<Event> reader) {
        each("events?last=" + last, Event.class, reader);
    }

    @Override
    public void eachDemonstration(Consumer<Demonstrated> reader) {
        each("demonstrations", Demonstrated.class, reader);
    }

    @Override
    public Taken takeEvents(List<Event> events) {
        return post("events", events, new TypeReference<Taken>() {});
    }

    @Override
    public Taken takeDemonstrations(List<Demonstrated> demonstrations) {
        return post("demonstrations", demonstrations, new TypeReference<Taken>() {});
    }

    @Override
    public Taken takePrompts(List<Prompt> prompts) {
        return post("arrivals", prompts, new TypeReference<Taken>() {});
    }

    @Override
    public List<String> excluded() {
        return get("excluded", new TypeReference<List<String>>() {});
    }

    /** Reads an array as it comes. */
    private <T> void each(String path, Class<T> type, Consumer<T> reader) {
        HttpResponse<InputStream> response = send("GET", path, null, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw refused(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
            try (MappingIterator<T> values = Json.mapper().readerFor(type).readValues(body)) {
                values.forEachRemaining(reader);
            }
        } catch (IOException e) {
            throw new IllegalStateException("heed serve at %s broke off: %s".formatted(server.url(), e), e);
        }
    }

    /** The server writes it on this machine; a copy goes into the folder. */
    @Override
    public Snapshot snapshot(Path folder) {
        Snapshot written = get("snapshot", new TypeReference<Snapshot>() {});
        Path file = folder.resolve(written.file().getFileName());
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                Path unfinished = folder.resolve("." + file.getFileName() + ".part");
                Files.copy(written.file(), unfinished, StandardCopyOption.REPLACE_EXISTING);
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return new Snapshot(file, written.hash(), written.count(), written.lastRow());
    }

    @Override
    public void backup(Path file) {
        HttpResponse<InputStream> response = send("GET", "backup", null, HttpResponse.BodyHandlers.ofInputStream());
        WholeFile.writePrivately(file, out -> {
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw refused(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
                body.transferTo(out);
            }
        });
    }

    @Override
    public List<Adjudication> adjudications() {
        return get("adjudications", new TypeReference<List<Adjudication>>() {});
    }

    @Override
    public List<Known> gold() {
        return get("gold", new TypeReference<List<Known>>() {});
    }

    @Override
    public Tally tally() {
        return get("tally", new TypeReference<Tally>() {});
    }

    @Override
    public void close() {
        // Nothing is held: the server has the home.
    }

    /** In chunks, as adding what is there already changes nothing. */
    private <T> List<T> addAll(String what, List<T> rows, TypeReference<List<T>> type) {
        List<T> stored = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += CHUNK) {
            stored.addAll(post(what, rows.subList(from, Math.min(from + CHUNK, rows.size())), type));
        }
        return List.copyOf(stored);
    }

    private <T> T get(String path, TypeReference<T> type) {
        return parse(expectDone(send("GET", path, null)), type);
    }

    private <T> T post(String path, Object body, TypeReference<T> type) {
        return parse(expectDone(send("POST", path, Json.line(body))), type);
    }

    private HttpResponse<String> send(String method, String path, @Nullable String body) {
        return send(method, path, body, HttpResponse.BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(
            String method, String path, @Nullable String body, HttpResponse.BodyHandler<T> handler) {
        ServerFile asked = server;
        @Nullable IOException why = null;
        try {
            HttpResponse<T> response = once(asked, method, path, body, handler);
            if (response.statusCode() != UNAUTHORIZED) { // its token is none of ours where it is another by now
                return response;
            }
        } catch (IOException e) {
            why = e;
        }
        server = awaitAnother(asked, why);
        try {
            return once(server, method, path, body, handler);
        } catch (IOException e) {
            throw silent(server, e);
        }
    }

    private <T> HttpResponse<T> once(
            ServerFile asked, String method, String path, @Nullable String body, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(asked.url() + "/api/store/" + path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", "Bearer " + asked.token())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            throw interrupted(asked, e);
        }
    }

    /** The server that follows one that does not answer any more. */
    private ServerFile awaitAnother(ServerFile asked, @Nullable IOException why) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < PATIENCE.toNanos()) {
            Optional<ServerFile> found =
                    ServerFile.find(home).filter(now -> !now.token().equals(asked.token()));
            if (found.isPresent()) {
                return found.get();
            }
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                throw interrupted(asked, e);
            }
        }
        throw silent(asked, why);
    }

    private static IllegalStateException interrupted(ServerFile asked, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for " + asked.url(), e);
    }

    private static UserError silent(ServerFile asked, @Nullable IOException why) {
        String text = "heed serve at %s does not answer; start it again, or stop it to use the home directly"
                .formatted(asked.url());
        return why == null ? new UserError(text) : new UserError(text, why);
    }

    private String expectDone(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body());
        }
        return response.body();
    }

    private RuntimeException refused(int status, String body) {
        String error =
                parse(body, new TypeReference<JsonNode>() {}).path("error").asText();
        return switch (status) {
            case 409 -> new Conflict(error);
            case 400 -> new IllegalArgumentException(error);
            case 503 -> new UserError("heed serve at %s: %s".formatted(server.url(), error));
            default ->
                new IllegalStateException("heed serve at %s answered %d: %s".formatted(server.url(), status, error));
        };
    }

    private static <T> T parse(String json, TypeReference<T> type) {
        try {
            return Json.mapper().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("heed serve answered something else than expected: " + Json.where(e), e);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
