package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.db.FeedbackStore;
import dev.heed.db.PeopleStore;
import dev.heed.feedback.Person;
import dev.heed.feedback.Role;
import dev.heed.run.UserError;
import dev.heed.web.Browserless.Said;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String HASH = Secrets.hash(PASSWORD); // takes a while, as it should
    private static final WebServer.Entry ACCOUNTS = new WebServer.Entry(false, null);

    private FeedbackStore store;
    private WebServer server;
    private Path home;

    @BeforeEach
    void start(@TempDir Path folder) {
        home = folder;
        store = FeedbackStore.open(folder);
        server = serve(ACCOUNTS);
    }

    private WebServer serve(WebServer.Entry entry) {
        return WebServer.start(store, new WebServer.Config("127.0.0.1", 0, home, 1, entry, null));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private Browserless someone() {
        return new Browserless(server.url());
    }

    private Person add(String name, Role role) {
        return store.people().add(name, role, HASH, Instant.now());
    }

    private Browserless signedIn(String name) {
        Browserless someone = someone();
        assertThat(someone.signIn(name, PASSWORD).status()).isEqualTo(200);
        return someone;
    }

    @Test
    void theFirstLinkMakesAnAdminOnce() {
        String secret = server.firstLink().orElseThrow().replaceFirst(".*#invitation=", "");
        Browserless first = someone();
        assertThat(first.post("/api/invitation", Map.of("secret", secret)).body())
                .isEqualTo("{\"role\":\"admin\"}");
        Map<String, String> given = Map.of("secret", secret, "name", "Ada", "password", PASSWORD);
        assertThat(first.post("/api/account", given).body())
                .isEqualTo("{\"name\":\"Ada\",\"role\":\"admin\",\"local\":false}");
        assertThat(first.get("/api/people").json()).hasSize(1);
        assertThat(server.firstLink()).isEmpty();
        Said again = someone().post("/api/account", Map.of("secret", secret, "name", "Eve", "password", PASSWORD));
        assertThat(again.status()).isEqualTo(404);
        assertThat(again.body()).contains("this invitation was used, withdrawn or is too old; ask for another");
    }

    @Test
    void anInvitationGivesTheRoleThatItNames() {
        add("ada", Role.ADMIN);
        Browserless ada = signedIn("Ada");
        Said made = ada.post("/api/invitations", Map.of("role", "labeler"));
        String secret = made.json().path("secret").asText();
        assertThat(ada.get("/api/invitations").json()).hasSize(1);
        Browserless bob = someone();
        Map<String, String> taken = Map.of("secret", secret, "name", "ADA", "password", PASSWORD);
        assertThat(bob.post("/api/account", taken).body()).contains("the name ADA is taken; choose another");
        Map<String, String> weak = Map.of("secret", secret, "name", "bob", "password", "short");
        assertThat(bob.post("/api/account", weak).body()).contains("a password has 10 to 200 characters, was 5");
        Map<String, String> good = Map.of("secret", secret, "name", "bob", "password", PASSWORD);
        assertThat(bob.post("/api/account", good).json().path("role").asText()).isEqualTo("labeler");
        assertThat(bob.get("/api/people").status()).isEqualTo(403);
        assertThat(ada.get("/api/invitations").json()).isEmpty();
    }

    @Test
    void aWithdrawnInvitationIsNoGood() {
        add("ada", Role.ADMIN);
        Browserless ada = signedIn("ada");
        String secret = ada.post("/api/invitations", Map.of("role", "lead"))
                .json()
                .path("secret")
                .asText();
        String id = ada.get("/api/invitations").json().get(0).path("id").asText();
        assertThat(ada.delete("/api/invitations/" + id).status()).isEqualTo(200);
        assertThat(someone().post("/api/invitation", Map.of("secret", secret)).status())
                .isEqualTo(404);
    }

    @Test
    void onlyAnAdminMakesLeads() {
        add("lea", Role.LEAD);
        Browserless lead = signedIn("lea");
        assertThat(lead.post("/api/invitations", Map.of("role", "labeler")).status())
                .isEqualTo(200);
        assertThat(lead.post("/api/invitations", Map.of("role", "lead")).body())
                .contains("only an admin makes leads and admins");
    }

    @Test
    void aSessionBeginsAnewAtSignInAndEndsAtSignOut() {
        add("bob", Role.LABELER);
        Browserless bob = signedIn("bob");
        String before = bob.cookie();
        bob.signIn("bob", PASSWORD);
        String now = bob.cookie();
        assertThat(now).isNotEqualTo(before);
        assertThat(someone().with("Cookie", before).get("/api/standing").status())
                .as("the session from before")
                .isEqualTo(401);
        assertThat(someone().with("Cookie", now).get("/api/standing").status()).isEqualTo(200);
        bob.delete("/api/session");
        assertThat(someone().with("Cookie", now).get("/api/standing").status())
                .as("after signing out")
                .isEqualTo(401);
    }

    @Test
    void aNewPasswordEndsTheOtherSessions() {
        add("bob", Role.LABELER);
        Browserless bob = signedIn("bob");
        Browserless elsewhere = signedIn("bob");
        String longer = PASSWORD + "!".repeat(80);
        assertThat(bob.post("/api/account/password", Map.of("old", "wrong", "password", longer))
                        .body())
                .contains("name or password is wrong");
        assertThat(bob.post("/api/account/password", Map.of("old", PASSWORD, "password", longer))
                        .status())
                .isEqualTo(200);
        assertThat(bob.get("/api/standing").status()).isEqualTo(200);
        assertThat(elsewhere.get("/api/standing").status()).isEqualTo(401);
        assertThat(someone()
                        .signIn("bob", longer.substring(0, longer.length() - 1))
                        .status())
                .as("no character of a long password is ignored")
                .isEqualTo(401);
        assertThat(someone().signIn("bob", longer).status()).isEqualTo(200);
    }

    @Test
    void aSessionEndsInTheEnd() {
        Person bob = add("bob", Role.LABELER);
        Instant now = Instant.now();
        PeopleStore people = store.people();
        people.openSession("secret", bob.id(), now, now.plusSeconds(60));
        assertThat(people.ofSession("secret", now.plusSeconds(59)).map(Person::id))
                .contains(bob.id());
        assertThat(people.ofSession("secret", now.plusSeconds(61))).isEmpty();
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndOtherSites() {
        add("bob", Role.LABELER);
        assertThat(setCookie(someone().signIn("bob", PASSWORD)))
                .startsWith("heed=")
                .contains("HttpOnly", "SameSite=Strict", "Path=/")
                .doesNotContain("Secure");
        server.close();
        server = serve(new WebServer.Entry(false, URI.create("https://labels.example.org")));
        Browserless behindProxy = new Browserless("http://127.0.0.1:" + server.port());
        assertThat(setCookie(
                        behindProxy.with("Origin", "https://labels.example.org").signIn("bob", PASSWORD)))
                .startsWith("__Host-heed=")
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Secure");
        assertThat(new Browserless("http://127.0.0.1:" + server.port())
                        .with("Origin", "https://evil.example.org")
                        .signIn("bob", PASSWORD)
                        .status())
                .isEqualTo(403);
    }

    private static String setCookie(Said said) {
        return said.whole().headers().firstValue("Set-Cookie").orElseThrow();
    }

    @Test
    void guessingIsSlowedDownWhateverTheHeadersSay() {
        add("bob", Role.LABELER);
        int guesses = 0;
        Said said = someone().signIn("bob", "guess 0 guess 0");
        while (said.status() == 401 && guesses < 20) {
            guesses++;
            said = someone()
                    .with("X-Forwarded-For", "10.0.0." + guesses)
                    .signIn("bob", "guess %d guess".formatted(guesses));
        }
        assertThat(said.status()).isEqualTo(429);
        assertThat(guesses).isEqualTo(5);
        assertThat(said.body()).contains("too many wrong passwords; wait ");
        assertThat(said.whole().headers().firstValue("Retry-After")).isPresent();
        assertThat(someone().signIn("bob", PASSWORD).status())
                .as("the right one has to wait as well")
                .isEqualTo(429);
        add("eve", Role.LABELER);
        assertThat(someone().signIn("eve", PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void theWaitDoublesAndIsForgotten() {
        Moving clock = new Moving();
        Throttle throttle = new Throttle(clock);
        IntStream.range(0, 7).forEach(i -> throttle.failed("bob", "10.0.0.1"));
        clock.pass(Duration.ofMillis(3900));
        assertThatThrownBy(() -> throttle.expectFree("BOB", "10.0.0.1")).hasMessageContaining("wait 1 seconds");
        throttle.expectFree("bob", "10.0.0.2");
        throttle.expectFree("ann", "10.0.0.1");
        clock.pass(Duration.ofMillis(200));
        throttle.expectFree("bob", "10.0.0.1");
        throttle.succeeded("bob", "10.0.0.1");
        throttle.failed("bob", "10.0.0.1");
        throttle.expectFree("bob", "10.0.0.1");
    }

    private static final class Moving implements java.time.InstantSource {
        private Instant now = Instant.parse("2026-11-25T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    @Test
    void anUnknownNameTakesAsLongAsAKnownOne() {
        add("bob", Role.LABELER);
        signedIn("bob"); // warm
        long known = Long.MAX_VALUE;
        long unknown = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) { // in turns, and the least of each: a busy machine only adds to a time
            known = Math.min(known, time(() -> someone().signIn("bob", "wrong wrong")));
            unknown = Math.min(unknown, time(() -> someone().signIn("nobody", "wrong wrong")));
        }
        assertThat((double) unknown / known).isBetween(1 / 4.0, 4.0);
    }

    private static long time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    @Test
    void whoIsShutOutIsOutAtOnceAndAnAdminRemains() {
        Person ada = add("ada", Role.ADMIN);
        Person bob = add("bob", Role.LABELER);
        Browserless admin = signedIn("ada");
        Browserless labeler = signedIn("bob");
        String token = labeler.post("/api/account/tokens", Map.of("name", "script"))
                .json()
                .path("token")
                .asText();
        assertThat(someone()
                        .with("Authorization", "Bearer " + token)
                        .get("/api/standing")
                        .status())
                .isEqualTo(200);
        admin.post("/api/people/" + bob.id(), Map.of("role", "labeler", "active", false));
        assertThat(labeler.get("/api/standing").status()).isEqualTo(401);
        assertThat(someone()
                        .with("Authorization", "Bearer " + token)
                        .get("/api/standing")
                        .status())
                .isEqualTo(401);
        assertThat(someone().signIn("bob", PASSWORD).status()).isEqualTo(401);
        assertThat(admin.post("/api/people/" + ada.id(), Map.of("role", "lead", "active", true))
                        .body())
                .contains("someone must remain admin; make another one first");
        assertThat(admin.get("/api/people").status()).isEqualTo(200);
    }

    @Test
    void aTokenIsShownOnceAndCanBeEndedByItsOwnerOnly() {
        add("bob", Role.LABELER);
        add("eve", Role.LABELER);
        Browserless bob = signedIn("bob");
        Said made = bob.post("/api/account/tokens", Map.of("name", "script"));
        String token = made.json().path("token").asText();
        assertThat(bob.get("/api/account/tokens").body()).contains("script").doesNotContain(token);
        String path = "/api/account/tokens/" + made.json().path("id").asLong();
        assertThat(signedIn("eve").delete(path).status()).isEqualTo(404);
        Browserless program = someone().with("Authorization", "Bearer " + token);
        assertThat(program.get("/api/standing").status()).isEqualTo(200);
        assertThat(bob.delete(path).status()).isEqualTo(200);
        assertThat(program.get("/api/standing").status()).isEqualTo(401);
    }

    @Test
    void whatIsDoneIsWrittenDownInLinesThatNobodyCanForge() {
        add("ada", Role.ADMIN);
        assertThat(someone().signIn("eve\r\nada", "wrong wrong").status()).isEqualTo(400);
        someone().signIn("eve", "wrong wrong");
        Browserless admin = signedIn("ada");
        admin.post("/api/invitations", Map.of("role", "viewer"));
        assertThat(store.people().acts(10))
                .extracting(act -> act.who() + " " + act.what())
                .containsExactly("ada invitation", "ada sign_in", "eve sign_in_failed");
        assertThat(admin.get("/api/audit").json().get(0).path("peer").asText()).isEqualTo("127.0.0.1");
    }

    @Test
    void nobodyGivesThemselvesMoreThanTheyHave() {
        Person bob = add("bob", Role.LABELER);
        Browserless labeler = signedIn("bob");
        assertThat(labeler.post("/api/people/" + bob.id(), Map.of("role", "admin", "active", true))
                        .status())
                .isEqualTo(403);
        assertThat(someone()
                        .post("/api/session", Map.of("name", "bob", "password", PASSWORD, "role", "admin"))
                        .status())
                .isEqualTo(400);
        assertThat(store.people().find(bob.id()).orElseThrow().role()).isEqualTo(Role.LABELER);
    }

    @Test
    void aNameAloneIsForThisMachine() {
        assertThatThrownBy(() -> new WebServer.Config("0.0.0.0", 0, home, 1, WebServer.Entry.LOCAL, null))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--local lets everyone in who gives a name");
        assertThat(someone().post("/api/session", Map.of("name", "ann")).status())
                .isEqualTo(401);
    }
}
