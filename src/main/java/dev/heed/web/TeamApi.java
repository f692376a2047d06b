package dev.heed.web;

import static dev.heed.web.Route.delete;
import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.PeopleStore;
import dev.heed.feedback.Person;
import dev.heed.feedback.Role;
import dev.heed.web.AccountApi.Done;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.NotFoundResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Who belongs to the team, and what they may do. */
final class TeamApi {
    private static final Duration INVITED_FOR = Duration.ofDays(7);
    private static final int ACTS = 200;

    private final PeopleStore people;
    private final Audit audit;
    private final InstantSource clock;

    TeamApi(PeopleStore people, Audit audit, InstantSource clock) {
        this.people = people;
        this.audit = audit;
        this.clock = clock;
    }

    record Standing(Role role, boolean active) {}

    record NewInvitation(Role role) {}

    /** @param secret shown this once: only its hash is kept */
    record MadeInvitation(String secret, Role role, Instant expiresAt) {}

    List<Route> routes() {
        return List.of(
                get("/api/people", Access.LEAD, "everyone who has an account", ctx -> Wire.answer(ctx, people.all()))
                        .gives(Person[].class),
                post("/api/people/{id}", Access.ADMIN, "give a role, or shut out", this::set)
                        .takes(Standing.class)
                        .gives(Person.class),
                get(
                                "/api/invitations",
                                Access.LEAD,
                                "open invitations",
                                ctx -> Wire.answer(ctx, people.invitations(clock.instant())))
                        .gives(PeopleStore.Invitation[].class),
                post(
                                "/api/invitations",
                                Access.LEAD,
                                "invite someone; a lead invites labelers and viewers",
                                this::invite)
                        .takes(NewInvitation.class)
                        .gives(MadeInvitation.class),
                delete("/api/invitations/{id}", Access.LEAD, "withdraw an invitation", this::withdraw)
                        .gives(Done.class),
                get(
                                "/api/audit",
                                Access.ADMIN,
                                "what was done, newest first",
                                ctx -> Wire.answer(ctx, people.acts(ACTS)))
                        .gives(PeopleStore.Act[].class));
    }

    private void set(Context ctx) {
        long id = Wire.pathNumber(ctx, "id");
        Standing given = Wire.body(ctx, Standing.class);
        Person before = people.find(id).orElseThrow(() -> new NotFoundResponse("there is nobody with number " + id));
        people.set(id, given.role(), given.active());
        audit.note(
                ctx,
                Caller.expect(ctx).name(),
                "role",
                "%s: %s, %s".formatted(before.name(), given.role(), given.active() ? "active" : "shut out"));
        Wire.answer(ctx, people.find(id).orElseThrow());
    }

    private void invite(Context ctx) {
        Caller caller = Caller.expect(ctx);
        Role role = Wire.body(ctx, NewInvitation.class).role();
        if (role.includes(Role.LEAD) && caller.person().role() != Role.ADMIN) {
            throw new ForbiddenResponse("only an admin makes leads and admins");
        }
        String secret = Secrets.random();
        Instant now = clock.instant();
        people.invite(Secrets.digest(secret), role, caller.name(), now, now.plus(INVITED_FOR));
        audit.note(ctx, caller.name(), "invitation", "for a " + role);
        Wire.answer(ctx, new MadeInvitation(secret, role, now.plus(INVITED_FOR)));
    }

    private void withdraw(Context ctx) {
        people.withdraw(ctx.pathParam("id"));
        audit.note(ctx, Caller.expect(ctx).name(), "invitation", "withdrawn");
        Wire.answer(ctx, Done.DONE);
    }
}
