package dev.heed.web;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.UnauthorizedResponse;
import io.javalin.http.UnsupportedMediaTypeResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;

/**
 * What every request passes. A page of another site must not be able to read or write here through the labeler's
 * browser: not by a form (content type), not by script (origin), not by renaming itself (host).
 */
final class Guard {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Set<HandlerType> READING = Set.of(HandlerType.GET, HandlerType.HEAD);

    private final boolean loopback;
    private final byte[] token;

    Guard(String host, String token) {
        this.loopback = LOOPBACK.contains(host) || host.equals("::1");
        this.token = bearer(token);
    }

    private static byte[] bearer(String token) {
        return ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
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
        if (loopback && !LOOPBACK.contains(host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT))) {
            throw new ForbiddenResponse("this server answers at 127.0.0.1 and localhost only");
        }
    }

    private static void expectOurPage(Context ctx) {
        String type = ctx.contentType();
        if (type == null || !type.split(";")[0].strip().equalsIgnoreCase("application/json")) {
            throw new UnsupportedMediaTypeResponse("send application/json");
        }
        String origin = ctx.header("Origin");
        if (origin != null && !origin.equals(ctx.scheme() + "://" + ctx.header("Host"))) {
            throw new ForbiddenResponse("only this server's own page may write");
        }
        String site = ctx.header("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new ForbiddenResponse("only this server's own page may write");
        }
    }

    /** Lets only processes in that can read the home's {@code server.json}. */
    void expectToken(Context ctx) {
        byte[] given = String.valueOf(ctx.header("Authorization")).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, token)) {
            throw new UnauthorizedResponse("this needs the token of server.json");
        }
    }
}
