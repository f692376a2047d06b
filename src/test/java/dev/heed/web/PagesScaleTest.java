package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Crowd;
import dev.heed.db.FeedbackStore;
import dev.heed.db.Storage;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Battle;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Known;
import dev.heed.feedback.Message;
import dev.heed.feedback.Plan;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With years of a team's work in the database, every page and all that pages ask for are there at once. */
class PagesScaleTest {
    private static final double SLOWEST_MS = 50;
    private static final int TURNS = 100;
    private static final int PEOPLE = 8;
    private static final int BATTLES = 300;
    private static final long MOST_MS = 6_000; // for one route: what is that slow need not be asked further

    /** There are no such things in a home without a report, cards and jobs. */
    private static final Set<String> MISSING =
            Set.of("/report", "/api/reports/{report}", "/api/runs/{run}/card", "/api/jobs/{id}/log");

    private final Map<String, List<Double>> took = new LinkedHashMap<>();

    @TempDir
    Path home;

    /** Medians, as other work on the machine may get in the way of some requests. */
    @ParameterizedTest
    @EnumSource
    void aTenthOfAHundredThousandComparisons(Storage storage) {
        ask(storage, 10_000, 30_000);
        assertThat(slower(0.5, SLOWEST_MS / 2)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void aHundredThousandComparisonsAndThreeHundredThousandPreferences(Storage storage) {
        ask(storage, 100_000, 300_000);
        assertThat(slower(0.95, SLOWEST_MS)).isEmpty();
    }

    private List<String> slower(double quantile, double most) {
        return took.entrySet().stream()
                .filter(one -> at(one.getValue(), quantile) > most)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static double at(List<Double> ms, double quantile) {
        List<Double> sorted = ms.stream().sorted().toList();
        return sorted.get((int) (quantile * (sorted.size() - 1)));
    }

    private void ask(Storage storage, int comparisons, int preferences) {
        String db = storage.newDatabase();
        long began = System.nanoTime();
        Crowd.fill(home, db, comparisons, preferences);
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            addOthers(store);
            System.out.printf("%s: filled in %.1f s%n", storage, (System.nanoTime() - began) / 1e9);
            WebServer.Config config = new WebServer.Config("127.0.0.1", 0, home);
            try (WebServer server = WebServer.start(store, config)) {
                List<Route> routes = RoutesTest.table(store, config).stream()
                        .filter(PagesScaleTest::isOfAPage)
                        .toList();
                ask(server.url(), routes);
            }
        }
        took.forEach((what, ms) -> System.out.printf(
                "%s: %s %.1f ms, p95 %.1f, at most %.1f of %d%n",
                storage, what, at(ms, 0.5), at(ms, 0.95), at(ms, 1), ms.size()));
    }

    /** Not other processes', which may ask for everything, nor a file of everything, nor a stream that never ends. */
    private static boolean isOfAPage(Route route) {
        return route.method().name().equals("GET")
                && route.access() != Access.OWNER
                && !route.path().equals("/api/events")
                && !route.path().startsWith("/api/exports/")
                && !route.path().startsWith("/v1/");
    }

    private void addOthers(FeedbackStore store) {
        Plan plan = new Plan(3, 5, 0.2, 0.1, 0.05, 0.05, 5_000, List.of("kinder"));
        store.campaigns().change(Campaign.LOOP, "The loop", plan, true);
        for (long gold = 1; gold <= 100; gold++) {
            store.campaigns().setGold(new Known(gold * 7, Answer.FIRST), "lea", Instant.now());
        }
        Completion one = new Completion("They burn whale oil.", "ppo-1", true);
        Completion other = new Completion("They burn nothing.", "ppo-2", true);
        for (int i = 0; i < BATTLES; i++) {
            Battle battle = new Battle(
                    UUID.randomUUID(),
                    List.of(Message.user("What do they burn?")),
                    one,
                    other,
                    Crowd.labeler(i),
                    Instant.now());
            store.arena().add(battle);
            store.arena().vote(battle, i % 3 == 0 ? Battle.Vote.FIRST : Battle.Vote.SECOND, Instant.now());
        }
        RunDir run = RunDir.at(home, "ppo-1");
        Training.begin(run);
        try (RunLog log = RunLog.open(run, 0)) {
            for (long step = 0; step < 2_000; step++) {
                log.metrics(step, Training.metrics(step));
            }
            Training.sample(log, 0);
        }
    }

    /** Every turn somebody labels and then looks at every page, so that each is asked for after something has changed. */
    private void ask(String url, List<Route> routes) {
        List<Browserless> people = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            Browserless person = new Browserless(url);
            person.post("/api/session", Map.of("name", Crowd.labeler(i)));
            people.add(person);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            Browserless person = people.get(turn % PEOPLE);
            label(person, Crowd.labeler(turn % PEOPLE));
            for (Route route : routes) {
                if (isHopeless("GET " + route.path())) {
                    continue;
                }
                String address = address(route.path(), 1 + turn);
                Browserless.Said said = timed("GET " + route.path(), () -> person.get(address));
                assertThat(said.status() == 200).as(route.path()).isNotEqualTo(MISSING.contains(route.path()));
                assertThat(said.status()).as(route.path()).isLessThan(500);
            }
        }
    }

    private <T> T timed(String what, Supplier<T> work) {
        long began = System.nanoTime();
        T answer = work.get();
        took.computeIfAbsent(what, key -> new ArrayList<>()).add((System.nanoTime() - began) / 1e6);
        return answer;
    }

    /** Whether it has taken so long that it need not be asked again. */
    private boolean isHopeless(String what) {
        return took.getOrDefault(what, List.of()).stream()
                        .mapToDouble(Double::doubleValue)
                        .sum()
                > MOST_MS;
    }

    private static String address(String path, int number) {
        return path.replace("{comparison}", String.valueOf(number))
                .replace("{name}", "label.js")
                .replace("{run}", "ppo-1")
                .replace("{prompt}", "0")
                .replace("{report}", "report")
                .replace("{id}", "1");
    }

    private void label(Browserless person, String name) {
        JsonNode handed =
                timed("a question", () -> person.get("/api/comparisons?limit=2").json());
        for (JsonNode shown : handed) {
            Map<String, Object> given = new LinkedHashMap<>();
            given.put("id", UUID.randomUUID());
            given.put("comparison", shown.path("comparison").asLong());
            given.put("content", shown.path("content").asText());
            given.put("labeler", name);
            given.put("choice", "left");
            given.put("shown_ms", 900);
            given.put("at", Instant.now());
            Browserless.Said said = timed("an answer", () -> person.post("/api/preferences", given));
            assertThat(said.status()).as(said.body()).isEqualTo(200);
        }
        assertThat(handed.size()).as("questions").isPositive();
        Map<String, Object> wanted = Map.of(
                "messages",
                List.of(Map.of("role", "user", "content", UUID.randomUUID().toString())));
        assertThat(timed("a prompt that is wanted", () -> person.post("/api/prompts", wanted))
                        .status())
                .isEqualTo(200);
    }
}
