package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Battle.Decided;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Role;
import dev.heed.feedback.Split;
import dev.heed.run.RunDir;
import dev.heed.serve.Home;
import dev.heed.serve.Host;
import dev.heed.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People before real, if ignorant, models: what they are told before a vote, and what a vote is good for. */
class ArenaTest {
    private static final long PLENTY = 1L << 40;
    private static final List<String> NAMES = List.of("contender-one", "contender-two", Home.WRITER);
    private static final AtomicLong FREE = new AtomicLong(PLENTY);
    private static final Map<Role, Browserless> people = new HashMap<>();
    private static Path home;
    private static FeedbackStore store;
    private static Host host;
    private static WebServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        home = folder;
        Home.make(home);
        try (Tokenizer tokenizer = Tokenizer.load(RunDir.at(home, "tokenizer").model())) {
            Home.write(home, "contender-one", tokenizer, 11);
            Home.write(home, "contender-two", tokenizer, 12);
        }
        store = FeedbackStore.open(home);
        store.addPrompts(List.of(
                Prompt.ofText("Where does the owl sleep?", "fact", Split.HELD_OUT),
                Prompt.ofText("Learned from.", "fact", Split.TRAIN)));
        host = new Host(home, () -> Home.TORCH, FREE::get);
        server = WebServer.start(
                store, new WebServer.Config("127.0.0.1", 0, home, 1, new WebServer.Entry(false, null), null), host);
        for (Role role : Role.values()) {
            people.put(role, signedIn(role.name(), role));
        }
    }

    private static Browserless signedIn(String name, Role role) {
        String token = Secrets.random();
        long id = store.people().add(name, role, null, Instant.now()).id();
        store.people().addToken(Secrets.digest(token), id, "test", Instant.now());
        return new Browserless(server.url()).with("Authorization", "Bearer " + token);
    }

    @AfterAll
    static void stop() {
        server.close();
        host.close();
        store.close();
    }

    private static Browserless as(Role role) {
        return Objects.requireNonNull(people.get(role));
    }

    private static Map<String, Object> wanted(String prompt, List<String> models) {
        return Map.of("prompt", prompt, "models", models);
    }

    private static JsonNode begun(Browserless person) {
        return begun(person, Map.of("prompt", "Where does the fox live?"));
    }

    private static JsonNode begun(Browserless person, Map<String, Object> wanted) {
        Browserless.Said said = person.post("/api/battles", wanted);
        assertThat(said.status()).as(said.body()).isEqualTo(200);
        return said.json();
    }

    private static Browserless.Said vote(Browserless person, JsonNode battle, String vote) {
        return person.post("/api/battles/" + battle.path("id").asText(), Map.of("vote", vote));
    }

    private static String error(Browserless.Said said, int status) {
        assertThat(said.status()).as(said.body()).isEqualTo(status);
        return said.json().path("error").asText();
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void beforeTheVoteNothingInTheWholeAnswerTellsWhoWroteWhat() {
        Browserless ann = as(Role.LABELER);
        for (int i = 0; i < 4; i++) {
            Browserless.Said posed = ann.post("/api/battles", Map.of("prompt", "Where does the fox live?"));
            Browserless.Said open = ann.get("/api/battles");
            for (Browserless.Said said : List.of(posed, open)) {
                assertThat(said.status()).isEqualTo(200);
                assertThat(said.body() + said.whole().headers().map()).doesNotContain(NAMES);
            }
            assertThat(open.json().path(0)).isEqualTo(posed.json());
            assertThat(fields(posed.json())).containsExactly("id", "prompt", "first", "second");
            assertThat(UUID.fromString(posed.json().path("id").asText()).version())
                    .as("the id is random")
                    .isEqualTo(4);
        }
    }

    @Test
    void theVoteShowsTheNamesAndCannotBeTakenBack() {
        Browserless ann = signedIn("ann", Role.LABELER);
        JsonNode battle = begun(ann);
        JsonNode revealed = vote(ann, battle, "second").json();
        assertThat(NAMES)
                .contains(
                        revealed.path("first").asText(), revealed.path("second").asText());
        assertThat(revealed.path("first")).isNotEqualTo(revealed.path("second"));
        assertThat(ann.get("/api/battles").json()).isEmpty();
        assertThat(vote(ann, battle, "second").json()).as("a resend").isEqualTo(revealed);
        assertThat(error(vote(ann, battle, "first"), 409)).contains("the first vote stands");
        assertThat(vote(ann, battle, "skip").status()).isEqualTo(400);
    }

    @Test
    void eitherModelMayStandOnTheLeftAndWhatIsWrittenIsItsOwn() {
        Browserless lea = signedIn("lea", Role.LEAD);
        Map<String, Integer> left = new HashMap<>();
        for (int i = 0; i < 12; i++) {
            JsonNode battle = begun(lea, wanted("Hello?", List.of("contender-one", "contender-two")));
            JsonNode revealed = vote(lea, battle, "tie").json();
            assertThat(List.of(
                            revealed.path("first").asText(),
                            revealed.path("second").asText()))
                    .containsExactlyInAnyOrder("contender-one", "contender-two");
            left.merge(revealed.path("first").asText(), 1, Integer::sum);
        }
        assertThat(left).as("a fair coin shows one side only 1 time in 2,048").hasSize(2);
        assertThat(store.people().acts(100))
                .as("who chose which models meet is written down")
                .anyMatch(act ->
                        act.who().equals("lea") && act.details().equals("between contender-one and contender-two"));
    }

    @Test
    void nobodyVotesInAnothersBattle() {
        JsonNode battle = begun(signedIn("bea", Role.LABELER));
        assertThat(error(vote(as(Role.ADMIN), battle, "first"), 404)).startsWith("no battle");
        assertThat(error(as(Role.ADMIN).post("/api/battles/7", Map.of("vote", "first")), 404))
                .isEqualTo("no battle 7 waits for you");
    }

    @Test
    void aBattleWithoutAVoteDoesNotCountAndAVoteMovesTheTable() {
        Browserless viewer = as(Role.VIEWER);
        Browserless cat = signedIn("cat", Role.LABELER);
        long before = viewer.get("/api/arena").json().at("/leaderboard/games").asLong();
        JsonNode battle = begun(cat);
        assertThat(viewer.get("/api/arena").json().at("/leaderboard/games").asLong())
                .isEqualTo(before);
        vote(cat, battle, "both_bad");
        JsonNode table = viewer.get("/api/arena").json();
        assertThat(table.at("/leaderboard/games").asLong()).isEqualTo(before + 1);
        assertThat(table.path("models").toString())
                .as("those that write")
                .isEqualTo("[\"contender-one\",\"contender-two\",\"writer\"]");
        assertThat(table.at("/leaderboard/standings")).hasSize(3);
        Decided last = store.arena().decided().get((int) before);
        assertThat(last.firstLength() + last.secondLength())
                .isEqualTo(
                        (battle.path("first").asText() + battle.path("second").asText())
                                .codePoints()
                                .count());
    }

    @Test
    void nothingThatTrainsEverHearsOfIt() throws Exception {
        String journal = Files.readString(home.resolve("journal.jsonl"));
        Object before = List.of(store.tally(), store.prompts(Split.TRAIN), store.prompts(Split.HELD_OUT));
        Path folder = Files.createTempDirectory(home, "snapshots");
        String hash = store.snapshot(folder).hash();
        Browserless dan = signedIn("dan", Role.LABELER);
        vote(dan, begun(dan, Map.of("prompt", "A prompt of the arena only.")), "first");
        assertThat(List.of(store.tally(), store.prompts(Split.TRAIN), store.prompts(Split.HELD_OUT)))
                .isEqualTo(before);
        assertThat(store.snapshot(folder).hash()).isEqualTo(hash);
        assertThat(store.preferences()).isEmpty();
        assertThat(store.comparisons()).isEmpty();
        assertThat(store.demonstrations()).isEmpty();
        assertThat(Files.readString(home.resolve("journal.jsonl")))
                .as("the journal has the vote, for that alone")
                .startsWith(journal)
                .satisfies(after -> assertThat(after.substring(journal.length()).lines())
                        .singleElement()
                        .asString()
                        .contains("\"voted\":", "A prompt of the arena only."));
    }

    @Test
    void withoutWordsAHeldOutPromptIsTaken() {
        assertThat(begun(as(Role.LEAD), Map.of()).at("/prompt/0/content").asText())
                .isEqualTo("Where does the owl sleep?");
    }

    @Test
    void whatCannotBeAskedIsRefusedInOneLine() {
        Browserless eve = signedIn("eve", Role.LABELER);
        Browserless lead = as(Role.LEAD);
        assertThat(error(eve.post("/api/battles", Map.of("prompt", " ")), 400))
                .isEqualTo("a prompt has 1 to 4000 characters, was 0");
        assertThat(error(eve.post("/api/battles", Map.of("prompt", "x".repeat(4001))), 400))
                .isEqualTo("a prompt has 1 to 4000 characters, was 4001");
        assertThat(error(eve.post("/api/battles", Map.of("prompt", "fox ".repeat(900))), 400))
                .contains("leaves no room in the model's context of 160")
                .doesNotContain("\n");
        assertThat(error(eve.post("/api/battles", wanted("a", NAMES.subList(0, 2))), 403))
                .isEqualTo("only a lead says which models meet; leave models out");
        assertThat(error(lead.post("/api/battles", wanted("a", List.of("writer", "writer"))), 400))
                .isEqualTo("models must be two different ones, were [writer, writer]");
        for (String other : List.of("nobody", Home.JUDGE)) {
            assertThat(error(lead.post("/api/battles", wanted("a", List.of("writer", other))), 404))
                    .isEqualTo("no model '%s' that writes; there are contender-one, contender-two, writer"
                            .formatted(other));
        }
        assertThat(eve.get("/api/battles").json()).as("nothing was begun").isEmpty();
    }

    @Test
    void aModelThatDoesNotFitIsSaidNotToAndLeavesNoBattle(@TempDir Path small) {
        try (Host cramped = new Host(home, () -> Home.TORCH, () -> 1L << 20);
                FeedbackStore other = FeedbackStore.open(small);
                WebServer crampedServer =
                        WebServer.start(other, new WebServer.Config("127.0.0.1", 0, small), cramped)) {
            Browserless fay = new Browserless(crampedServer.url());
            fay.signIn("fay", "");
            assertThat(error(fay.post("/api/battles", Map.of("prompt", "a")), 503))
                    .matches("[\\w-]+ needs [\\d,]+ MiB and [\\d,]+ MiB are free here; .+");
            assertThat(fay.get("/api/battles").json()).isEmpty();
        }
    }

    @Test
    void aHomeWithoutTwoModelsSaysSo(@TempDir Path empty) {
        try (FeedbackStore other = FeedbackStore.open(empty);
                WebServer bare = WebServer.start(other, new WebServer.Config("127.0.0.1", 0, empty))) {
            Browserless gus = new Browserless(bare.url());
            gus.signIn("gus", "");
            assertThat(error(gus.post("/api/battles", Map.of("prompt", "a")), 409))
                    .startsWith("an arena needs two models that write, this home has 0; ./heed demo makes some");
            assertThat(gus.get("/api/arena").json().path("models")).isEmpty();
        }
    }

    /** Two models that write nothing until they may: no real ones could be made to wait. */
    private static final class Held implements ModelHost, ModelHost.Answer {
        private final CountDownLatch four = new CountDownLatch(4);
        private final CountDownLatch let = new CountDownLatch(1);

        @Override
        public List<Model> models() {
            return List.of(
                    new Model("one", Kind.LANGUAGE, Instant.EPOCH), new Model("other", Kind.LANGUAGE, Instant.EPOCH));
        }

        @Override
        public Answer answer(Question question) {
            four.countDown();
            return this;
        }

        @Override
        public Scores score(String model, List<Text> texts) {
            throw Refusal.unknownModel(model, models());
        }

        @Override
        public int promptTokens() {
            return 1;
        }

        @Override
        public int completionTokens() {
            return 1;
        }

        @Override
        public Optional<Piece> await(long milliseconds) throws InterruptedException {
            return let.await(milliseconds, TimeUnit.MILLISECONDS)
                    ? Optional.of(new Piece(0, "well", List.of(), Ending.STOP))
                    : Optional.empty();
        }

        @Override
        public void close() {}
    }

    @Test
    void modelsWriteForFewAtATimeAndOnceForEach(@TempDir Path folder) throws Exception {
        Held held = new Held();
        try (FeedbackStore other = FeedbackStore.open(folder);
                WebServer busy = WebServer.start(other, new WebServer.Config("127.0.0.1", 0, folder), held)) {
            List<Browserless> five = IntStream.range(0, 5)
                    .mapToObj(i -> {
                        Browserless person = new Browserless(busy.url());
                        person.signIn("person " + i, "");
                        return person;
                    })
                    .toList();
            Map<String, Object> asked = Map.of("prompt", "a");
            List<CompletableFuture<Browserless.Said>> four = five.subList(0, 4).stream()
                    .map(person -> CompletableFuture.supplyAsync(
                            () -> person.post("/api/battles", asked), task -> new Thread(task).start()))
                    .toList();
            assertThat(held.four.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(error(five.get(0).post("/api/battles", asked), 429))
                    .isEqualTo("two models are writing for you already; wait for them");
            assertThat(error(five.get(4).post("/api/battles", asked), 429))
                    .isEqualTo("models are writing for 4 people already; try again in a moment");
            held.let.countDown();
            for (CompletableFuture<Browserless.Said> one : four) {
                assertThat(one.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            }
            assertThat(begun(five.get(4), asked).path("first").asText()).isEqualTo("well");
        }
    }
}
