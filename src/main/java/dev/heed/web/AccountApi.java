package dev.heed.web;

import static dev.heed.web.Route.delete;
import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.PeopleStore;
import dev.heed.db.PeopleStore.Account;
import dev.heed.feedback.Person;
import dev.heed.feedback.Role;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signing in and out, and what belongs to oneself. */
final class AccountApi {
    private static final int LONGEST_NAME = 80;

    private final PeopleStore people;
    private final Sessions sessions;
    private final Throttle throttle;
    private final Audit audit;
    private final boolean local;
    private final InstantSource clock;

    /** @param local a name is enough */
    AccountApi(PeopleStore people, Sessions sessions, Audit audit, boolean local, InstantSource clock) {
        this.people = people;
        this.sessions = sessions;
        this.throttle = new Throttle(clock);
        this.audit = audit;
        this.local = local;
        this.clock = clock;
    }

    /** @param password may be left out where a name is enough */
    record SignIn(String name, @Nullable String password) {}

    record SignUp(String secret, String name, String password) {}

    record Invited(String secret) {}

    record PasswordChange(String old, String password) {}

    record NewToken(String name) {}

    /** @param token shown this once: only its hash is kept */
    record MadeToken(long id, String token) {}

    record RoleGiven(Role role) {}

    /**
     * Who is asking.
     *
     * @param local whether a name is enough to sign in
     */
    record Session(@Nullable String name, @Nullable Role role, boolean local) {}

    record Done(boolean done) {
        static final Done DONE = new Done(true);
    }

    List<Route> routes() {
        return List.of(
                get("/api/session", Access.ANYONE, "who is asking", this::session)
                        .gives(Session.class),
                post("/api/session", Access.ANYONE, "sign in", this::signIn)
                        .takes(SignIn.class)
                        .gives(Session.class),
                delete("/api/session", Access.ANYONE, "sign out", this::signOut).gives(Done.class),
                post("/api/invitation", Access.ANYONE, "the role that an invitation gives", this::invitation)
                        .takes(Invited.class)
                        .gives(RoleGiven.class),
                post("/api/account", Access.ANYONE, "make an account of an invitation", this::signUp)
                        .takes(SignUp.class)
                        .gives(Session.class),
                post("/api/account/password", Access.VIEWER, "change one's password", this::changePassword)
                        .takes(PasswordChange.class)
                        .gives(Done.class),
                get("/api/account/tokens", Access.VIEWER, "one's tokens, without their secrets", this::tokens)
                        .gives(PeopleStore.ApiToken[].class),
                post("/api/account/tokens", Access.VIEWER, "a new token for programs", this::addToken)
                        .takes(NewToken.class)
                        .gives(MadeToken.class),
                delete("/api/account/tokens/{id}", Access.VIEWER, "end a token", this::removeToken)
                        .gives(Done.class));
    }

    private void session(Context ctx) {
        answer(ctx, Caller.find(ctx).map(Caller::person));
    }

    private void answer(Context ctx, Optional<Person> person) {
        Wire.answer(
                ctx,
                new Session(
                        person.map(Person::name).orElse(null),
                        person.map(Person::role).orElse(null),
                        local));
    }

    private void signIn(Context ctx) {
        SignIn given = Wire.body(ctx, SignIn.class);
        String name = expectName(given.name());
        Person person = local ? known(name) : expectRightPassword(ctx, name, given.password());
        sessions.open(ctx, person);
        audit.note(ctx, person.name(), "sign_in", "");
        answer(ctx, Optional.of(person));
    }

    /** Where a name is enough, whoever is at the machine owns it. */
    private Person known(String name) {
        Optional<Account> account = people.findAccount(name);
        if (account.isPresent() && !account.get().person().active()) {
            throw new ForbiddenResponse("%s was shut out".formatted(name));
        }
        return account.map(Account::person).orElseGet(() -> people.add(name, Role.ADMIN, null, clock.instant()));
    }

    private Person expectRightPassword(Context ctx, String name, @Nullable String password) {
        String address = ctx.req().getRemoteAddr();
        throttle.expectFree(name, address);
        Optional<Account> account =
                people.findAccount(name).filter(found -> found.person().active());
        if (!Secrets.matches(password == null ? "" : password, account.flatMap(Account::password))) {
            throttle.failed(name, address);
            audit.note(ctx, name, "sign_in_failed", "");
            throw new UnauthorizedResponse("name or password is wrong");
        }
        throttle.succeeded(name, address);
        return account.orElseThrow().person();
    }

    static String expectName(@Nullable String given) {
        String name = given == null ? "" : given.strip();
        boolean printable = name.chars().noneMatch(Character::isISOControl);
        if (name.isEmpty() || name.length() > LONGEST_NAME || !printable) {
            throw new BadRequestResponse(
                    "a name has 1 to %d characters, all of them printable".formatted(LONGEST_NAME));
        }
        return name;
    }

    private void signOut(Context ctx) {
        Caller.find(ctx).ifPresent(caller -> audit.note(ctx, caller.name(), "sign_out", ""));
        sessions.close(ctx);
        Wire.answer(ctx, Done.DONE);
    }

    private void invitation(Context ctx) {
        String secret = Secrets.digest(Wire.body(ctx, Invited.class).secret());
        Role role = people.roleOf(secret, clock.instant()).orElseThrow(AccountApi::notInvited);
        Wire.answer(ctx, new RoleGiven(role));
    }

    private static NotFoundResponse notInvited() {
        return new NotFoundResponse("this invitation was used, withdrawn or is too old; ask for another");
    }

    private void signUp(Context ctx) {
        SignUp given = Wire.body(ctx, SignUp.class);
        String name = expectName(given.name());
        Instant now = clock.instant();
        Person person = people.redeem(Secrets.digest(given.secret()), name, Secrets.hash(given.password()), now)
                .orElseThrow(AccountApi::notInvited);
        sessions.open(ctx, person);
        audit.note(ctx, person.name(), "sign_up", "as " + person.role());
        answer(ctx, Optional.of(person));
    }

    private void changePassword(Context ctx) {
        Caller caller = Caller.expect(ctx);
        PasswordChange given = Wire.body(ctx, PasswordChange.class);
        if (people.findAccount(caller.name()).flatMap(Account::password).isPresent()) {
            expectRightPassword(ctx, caller.name(), given.old());
        }
        people.setPassword(caller.person().id(), Secrets.hash(given.password()), caller.secret());
        audit.note(ctx, caller.name(), "password", "changed");
        Wire.answer(ctx, Done.DONE);
    }

    private void tokens(Context ctx) {
        Wire.answer(ctx, people.tokens(Caller.expect(ctx).person().id()));
    }

    private void addToken(Context ctx) {
        Caller caller = Caller.expect(ctx);
        String name = expectName(Wire.body(ctx, NewToken.class).name());
        String token = "heed_" + Secrets.random();
        long id = people.addToken(Secrets.digest(token), caller.person().id(), name, clock.instant());
        audit.note(ctx, caller.name(), "token", "made " + name);
        Wire.answer(ctx, new MadeToken(id, token));
    }

    private void removeToken(Context ctx) {
        Caller caller = Caller.expect(ctx);
        long id = Wire.pathNumber(ctx, "id");
        if (!people.removeToken(caller.person().id(), id)) {
            throw new NotFoundResponse("you have no token " + id);
        }
        audit.note(ctx, caller.name(), "token", "ended " + id);
        Wire.answer(ctx, Done.DONE);
    }
}
