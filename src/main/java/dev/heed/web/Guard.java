package dev.heed.web;

import dev.heed.db.PeopleStore;
import dev.heed.feedback.Role;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import io.javalin.http.UnsupportedMediaTypeResponse;
import io.javalin.security.RouteRole;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What every request passes. A page of another site must not be able to read or write here through someone's browser:
 * not by a form (content type), not by script (origin), not by renaming itself (host). And nobody gets where the table of
 * routes does not let them.
 */
final class Guard {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Set<HandlerType> READING = Set.of(HandlerType.GET, HandlerType.HEAD);
    private static final Set<String> TYPES =
            Set.of("application/json", "application/octet-stream"); // no form sends these
    private static final String BEARER = "Bearer ";

    private final boolean loopback;
    private final byte[] ownersToken;
    private final Sessions sessions;
    private final PeopleStore people;
    private final InstantSource clock;

    Guard(String host, String ownersToken, Sessions sessions, PeopleStore people, InstantSource clock) {
        this.loopback = isLoopback(host);
        this.ownersToken = ownersToken.getBytes(StandardCharsets.UTF_8);
        this.sessions = sessions;
        this.people = people;
        this.clock = clock;
    }

    static boolean isLoopback(String host) {
        return LOOPBACK.contains(host) || host.equals("::1");
    }

    void check(Context ctx) {
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.header("Cross-Origin-Opener-Policy", "same-origin");
        ctx.header("Cross-Origin-Resource-Policy", "same-origin");
        ctx.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
        ctx.header("Cache-Control", "no-store");
        expectOurHost(ctx);
        if (!READING.contains(ctx.method())) {
            expectOurPage(ctx);
        }
    }

    private void expectOurHost(Context ctx) {
        String host = String.valueOf(ctx.header("Host"));
        if (loopback
                && !sessions.isPublished()
                && !LOOPBACK.contains(host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT))) {
            throw new ForbiddenResponse("this server answers at 127.0.0.1 and localhost only");
        }
    }

    private void expectOurPage(Context ctx) {
        String type = ctx.contentType();
        if (type == null || !TYPES.contains(type.split(";")[0].strip().toLowerCase(Locale.ROOT))) {
            throw new UnsupportedMediaTypeResponse("send application/json, or a file as application/octet-stream");
        }
        String origin = ctx.header("Origin");
        if (origin != null && !sessions.isOurs(origin, ctx)) {
            throw new ForbiddenResponse("only this server's own page may write");
        }
        String site = ctx.header("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new ForbiddenResponse("only this server's own page may write");
        }
    }

    /** After the route is known: lets in whom it is for. A route that says nothing is for nobody. */
    void expectAccess(Context ctx) {
        Set<RouteRole> roles = ctx.routeRoles();
        if (roles.size() != 1 || !(roles.iterator().next() instanceof Access access)) {
            throw new NotFoundResponse("nothing is here");
        }
        Optional<Caller> caller = caller(ctx);
        caller.ifPresent(known -> known.into(ctx));
        if (access == Access.ANYONE || isOwner(ctx)) {
            return;
        }
        if (access == Access.OWNER) {
            throw new UnauthorizedResponse("this needs the token of server.json");
        }
        Caller known = caller.orElseThrow(() -> new UnauthorizedResponse("sign in first"));
        Role role = known.person().role();
        if (!access.lets(role)) {
            throw new ForbiddenResponse(
                    "this is for a %s and above; %s is a %s".formatted(least(access), known.name(), word(role)));
        }
    }

    private static String least(Access access) {
        String role = access.role().map(Guard::word).orElse("");
        return access == Access.ONLOOKER ? role + ", or a lead" : role;
    }

    private static String word(Enum<?> role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private Optional<Caller> caller(Context ctx) {
        Optional<String> token = bearer(ctx);
        if (token.isEmpty()) {
            return sessions.caller(ctx);
        }
        String secret = Secrets.digest(token.get());
        return people.ofToken(secret, clock.instant()).map(person -> new Caller(person, secret));
    }

    private boolean isOwner(Context ctx) {
        return bearer(ctx)
                .map(token -> MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), ownersToken))
                .orElse(false);
    }

    private static Optional<String> bearer(Context ctx) {
        return Optional.ofNullable(ctx.header("Authorization"))
                .filter(header -> header.startsWith(BEARER))
                .map(header -> header.substring(BEARER.length()));
    }
}
