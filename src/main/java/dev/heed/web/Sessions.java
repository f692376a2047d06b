package dev.heed.web;

import dev.heed.db.PeopleStore;
import dev.heed.feedback.Person;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who has signed in: a cookie that scripts cannot read and other sites cannot send, and its hash in the database. */
final class Sessions {
    private static final Duration LIFETIME = Duration.ofDays(14);

    private final PeopleStore people;
    private final @Nullable URI published;
    private final InstantSource clock;

    /** @param published what browsers see where a proxy stands in front; null where they come directly */
    Sessions(PeopleStore people, @Nullable URI published, InstantSource clock) {
        this.people = people;
        this.published = published;
        this.clock = clock;
    }

    boolean isPublished() {
        return published != null;
    }

    boolean isOurs(String origin, Context ctx) {
        return published == null
                ? origin.equals(ctx.scheme() + "://" + ctx.header("Host"))
                : origin.equals(published.getScheme() + "://" + published.getAuthority());
    }

    private boolean isSecure() {
        return published != null && published.getScheme().equals("https");
    }

    // Browsers accept a name that begins with __Host- only from a secure origin, for this very host and every path.
    private String cookieName() {
        return isSecure() ? "__Host-heed" : "heed";
    }

    Optional<Caller> caller(Context ctx) {
        return Optional.ofNullable(ctx.cookie(cookieName()))
                .map(Secrets::digest)
                .flatMap(secret -> people.ofSession(secret, clock.instant()).map(person -> new Caller(person, secret)));
    }

    /** A new secret at every sign-in: one that was planted before is worth nothing. */
    void open(Context ctx, Person person) {
        close(ctx);
        String secret = Secrets.random();
        Instant now = clock.instant();
        people.openSession(Secrets.digest(secret), person.id(), now, now.plus(LIFETIME));
        ctx.cookie(cookie(secret, (int) LIFETIME.toSeconds()));
    }

    void close(Context ctx) {
        String secret = ctx.cookie(cookieName());
        if (secret != null) {
            people.closeSession(Secrets.digest(secret));
            ctx.cookie(cookie("", 0));
        }
    }

    private Cookie cookie(String value, int seconds) {
        return new Cookie(cookieName(), value, "/", seconds, isSecure(), true, null, SameSite.STRICT);
    }
}
