package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.db.ServerFile;
import dev.heed.feedback.Person;
import dev.heed.feedback.Role;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of routes, walked: who may do what, and what the document for programs says. */
class RoutesTest {
    private FeedbackStore store;
    private WebServer server;
    private List<Route> table;
    private final Map<String, Browserless> callers = new LinkedHashMap<>();

    @BeforeEach
    void start(@TempDir Path home) {
        store = FeedbackStore.open(home);
        WebServer.Config config = new WebServer.Config("127.0.0.1", 0, home, 1, new WebServer.Entry(false, null), null);
        server = WebServer.start(store, config);
        table = table(store, config);
        callers.put("nobody", new Browserless(server.url()));
        callers.put("liar", new Browserless(server.url()).with("Authorization", "Bearer heed_" + Secrets.random()));
        for (Role role : Role.values()) {
            Person person = store.people().add(role.name(), role, null, Instant.now());
            String token = Secrets.random();
            store.people().addToken(Secrets.digest(token), person.id(), "test", Instant.now());
            callers.put(role.name(), new Browserless(server.url()).with("Authorization", "Bearer " + token));
        }
        String owner = ServerFile.find(home).orElseThrow().token();
        callers.put("owner", new Browserless(server.url()).with("Authorization", "Bearer " + owner));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    @Test
    void everyRouteLetsInWhomItNamesAndNobodyElse() {
        int cells = 0;
        for (Route route : table) {
            for (Map.Entry<String, Browserless> caller : callers.entrySet()) {
                int status = caller.getValue()
                        .send(route.method().name(), route.path().replaceAll("\\{\\w+}", "9999"), "[]")
                        .status();
                String cell = "%s %s by %s".formatted(route.method(), route.path(), caller.getKey());
                assertThat(status).as(cell).isLessThan(500);
                assertThat(letIn(status, caller.getKey()))
                        .as(cell + ": " + status)
                        .isEqualTo(mayEnter(route, caller.getKey()));
                cells++;
            }
        }
        System.out.printf("%d routes, %d cells of who may do what%n", table.size(), cells);
    }

    /** A route that knows no such number answers 404, one that wants another body 400: both let the caller in. */
    private static boolean letIn(int status, String caller) {
        if (caller.equals("owner") && status == 401) {
            return true; // a process has no account of its own, so nothing of its own to ask for
        }
        return status != 401 && status != 403;
    }

    private static boolean mayEnter(Route route, String caller) {
        return switch (caller) {
            case "nobody", "liar" -> route.access() == Access.ANYONE;
            case "owner" -> true;
            default -> route.access() == Access.ANYONE || route.access().lets(Role.valueOf(caller));
        };
    }

    @Test
    void theDocumentHasEveryRouteAndNoOther() {
        JsonNode document = new Browserless(server.url()).get("/openapi.json").json();
        Set<String> documented = new TreeSet<>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(operation -> documented.add(operation.getKey() + " " + path.getKey())));
        assertThat(documented)
                .isEqualTo(table.stream()
                        .map(route -> route.method().name().toLowerCase(Locale.ROOT) + " " + route.path())
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        JsonNode given = document.at("/paths/~1api~1preferences/post/requestBody/content/application~1json/schema");
        assertThat(names(given.path("properties"))).contains("id", "comparison", "choice", "shown_ms");
        assertThat(given.path("required").toString()).contains("\"labeler\"").doesNotContain("\"replaces\"");
        assertThat(given.at("/properties/choice/enum").toString()).contains("left_much", "both_bad");
    }

    /** How to take files out and bring them in, for who writes a program by the document. */
    @Test
    void theDocumentSaysWhatFilesGoOutAndIn() {
        JsonNode paths =
                new Browserless(server.url()).get("/openapi.json").json().path("paths");
        JsonNode out = paths.at("/~1api~1exports~1{file}/get");
        assertThat(parameters(out)).containsExactly("file in path, required", "campaign in query", "round in query");
        assertThat(names(out.at("/responses/200/content"))).containsExactly("*/*");
        JsonNode in = paths.at("/~1api~1imports/post");
        assertThat(parameters(in))
                .containsExactly("name in query, required", "format in query", "skip_invalid in query");
        assertThat(names(in.at("/requestBody/content"))).containsExactly("application/octet-stream");
        assertThat(names(in.at("/responses/200/content/application~1json/schema/properties")))
                .contains("said", "bad", "skipped");
        JsonNode here = paths.at("/~1api~1files/get/responses/200/content/application~1json/schema");
        assertThat(names(here.at("/properties/table/properties"))).contains("most_bytes");
        assertThat(here.path("required").toString()).contains("table").doesNotContain("reading");
    }

    private static List<String> parameters(JsonNode operation) {
        List<String> parameters = new ArrayList<>();
        operation
                .path("parameters")
                .forEach(one -> parameters.add("%s in %s%s"
                        .formatted(
                                one.path("name").asText(),
                                one.path("in").asText(),
                                one.path("required").asBoolean() ? ", required" : "")));
        return parameters;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void readingChangesNothing() {
        Browserless admin = Objects.requireNonNull(callers.get("ADMIN"));
        Object before =
                List.of(store.tally(), store.people().all(), store.people().acts(100));
        for (Route route : table) {
            if (route.method().name().equals("GET") && route.access() != Access.OWNER) {
                admin.get(route.path().replaceAll("\\{\\w+}", "1"));
            }
        }
        assertThat(List.of(store.tally(), store.people().all(), store.people().acts(100)))
                .isEqualTo(before);
    }

    /** What a server of this store answers to. */
    static List<Route> table(FeedbackStore store, WebServer.Config config) {
        InstantSource clock = InstantSource.system();
        return WebServer.table(
                store,
                config,
                new Sessions(store.people(), null, clock),
                WebServer.Hosts.NONE,
                new Deliveries(store, config.home(), clock),
                clock);
    }
}
