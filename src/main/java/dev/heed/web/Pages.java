package dev.heed.web;

import static dev.heed.web.Route.get;

import dev.heed.feedback.Hashes;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files that browsers get: a fixed list, so that no path can lead elsewhere. */
final class Pages {
    private static final String PREACT = "/META-INF/resources/webjars/preact/10.28.0/";
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("style.css", "/web/style.css"),
            Map.entry("theme.js", "/web/theme.js"),
            Map.entry("label.js", "/web/label.js"),
            Map.entry("session.js", "/web/session.js"),
            Map.entry("choices.js", "/web/choices.js"),
            Map.entry("grading.js", "/web/grading.js"),
            Map.entry("cards.js", "/web/cards.js"),
            Map.entry("cards.css", "/web/cards.css"),
            Map.entry("ranking.js", "/web/ranking.js"),
            Map.entry("rating.js", "/web/rating.js"),
            Map.entry("views.js", "/web/views.js"),
            Map.entry("outbox.js", "/web/outbox.js"),
            Map.entry("kept.js", "/web/kept.js"),
            Map.entry("shell.js", "/web/shell.js"),
            Map.entry("team.js", "/web/team.js"),
            Map.entry("campaigns.js", "/web/campaigns.js"),
            Map.entry("files.js", "/web/files.js"),
            Map.entry("quality.js", "/web/quality.js"),
            Map.entry("case.js", "/web/case.js"),
            Map.entry("markdown.js", "/web/markdown.js"),
            Map.entry("diff.js", "/web/diff.js"),
            Map.entry("extras.js", "/web/extras.js"),
            Map.entry("runs.js", "/web/runs.js"),
            Map.entry("jobs.js", "/web/jobs.js"),
            Map.entry("order.js", "/web/order.js"),
            Map.entry("runs.css", "/web/runs.css"),
            Map.entry("play.js", "/web/play.js"),
            Map.entry("play.css", "/web/play.css"),
            Map.entry("arena.js", "/web/arena.js"),
            Map.entry("leaderboard.js", "/web/leaderboard.js"),
            Map.entry("arena.css", "/web/arena.css"),
            Map.entry("curves.js", "/web/curves.js"),
            Map.entry("samples.js", "/web/samples.js"),
            Map.entry("tokens.js", "/web/tokens.js"),
            Map.entry("api.js", "/web/api.js"),
            Map.entry("icon.svg", "/web/icon.svg"),
            Map.entry("inter.woff2", "/web/fonts/inter.woff2"),
            Map.entry("source-serif-4.woff2", "/web/fonts/source-serif-4.woff2"),
            Map.entry("htm.module.js", "/web/lib/htm.module.js"),
            Map.entry("preact.module.js", PREACT + "dist/preact.module.js"),
            Map.entry("hooks.module.js", PREACT + "hooks/dist/hooks.module.js"),
            Map.entry("uplot.esm.js", UPLOT + "uPlot.esm.js"),
            Map.entry("uplot.css", UPLOT + "uPlot.min.css"));
    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "woff2", "font/woff2");

    private static final String REPORT = "report"; // of the demo

    private final SecureRandom random = new SecureRandom();
    private final @Nullable Path folder;
    private final ReportList reports;

    /** @param folder where the page is being worked on; null to take it from the class path */
    Pages(@Nullable Path folder, Path home) {
        this.folder = folder;
        this.reports = new ReportList(home);
    }

    boolean hasReport() {
        return reports.has(REPORT);
    }

    List<Route> routes() {
        return List.of(
                page("/", "the labeling page", "label.js"),
                page("/campaigns", "what is worked on, and how", "campaigns.js"),
                page("/quality", "how far the labels can be trusted", "quality.js"),
                page("/files", "what people said, out and in", "files.js"),
                page("/team", "who belongs to the team", "team.js"),
                page("/runs", "what the models learn, while they do", "runs.js"),
                page("/play", "talk with the models", "play.js"),
                page("/arena", "models meet, and people say which is better", "arena.js"),
                get("/web/{name}", Access.ANYONE, "a file of a page", this::file),
                get("/report", Access.VIEWER, "the report of the last run", this::report));
    }

    /** Anyone may have a page: what it shows, it asks for. */
    private Route page(String path, String summary, String module) {
        return get(path, Access.ANYONE, summary, ctx -> page(ctx, module));
    }

    private void page(Context ctx, String module) {
        byte[] bytes = new byte[18];
        random.nextBytes(bytes);
        String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        ctx.header(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self' 'nonce-%s'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        .formatted(nonce));
        ctx.contentType("text/html; charset=utf-8")
                .result(new String(bytesOf("/web/index.html"), StandardCharsets.UTF_8)
                        .replace("{{nonce}}", nonce)
                        .replace("{{module}}", module));
    }

    private void file(Context ctx) {
        String name = ctx.pathParam("name");
        String resource = FILES.get(name);
        if (resource == null) {
            throw new NotFoundResponse("there is no file " + name);
        }
        byte[] content = bytesOf(resource);
        String tag = '"' + Hashes.sha256(content).substring(0, 16) + '"';
        ctx.header("Cache-Control", "no-cache").header("ETag", tag);
        if (tag.equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
            return;
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        ctx.contentType(String.valueOf(type)).result(content);
    }

    private void report(Context ctx) {
        if (!hasReport()) {
            throw new NotFoundResponse("there is no report yet: ./heed demo writes one");
        }
        reports.answer(ctx, REPORT);
    }

    private byte[] bytesOf(String resource) {
        try {
            if (folder != null && resource.startsWith("/web/")) {
                return Files.readAllBytes(folder.resolve(resource.substring("/web/".length())));
            }
            try (InputStream stream = Pages.class.getResourceAsStream(resource)) {
                if (stream == null) {
                    throw new IllegalStateException("not in the jar: " + resource);
                }
                return stream.readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
