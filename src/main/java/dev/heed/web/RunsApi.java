package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.db.Feedback;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import io.javalin.http.ConflictResponse;
import io.javalin.http.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the models learn, while they do. */
final class RunsApi {
    private final RunList runs;
    private final RunEvents events;
    private final BeforeAndAfter pairs;
    private final Audit audit;
    private final List<Meaning> meanings;
    private final CardHost cards;
    private final ReportList reports;

    RunsApi(RunList runs, RunEvents events, Feedback feedback, Audit audit, WebServer.Config config) {
        this.runs = runs;
        this.events = events;
        this.pairs = new BeforeAndAfter(feedback);
        this.audit = audit;
        this.meanings = config.meanings();
        this.cards = config.cards();
        this.reports = new ReportList(config.home());
    }

    /**
     * What went into a run and what came out.
     *
     * @param words the command that began it
     * @param heed which Heed did
     * @param result null until it is done
     */
    record Whole(
            String name,
            List<String> words,
            JsonNode heed,
            JsonNode settings,
            JsonNode config,
            @Nullable JsonNode result) {
        static Whole of(RunDir run) {
            JsonNode document = run.config();
            return new Whole(
                    run.name(),
                    run.words(),
                    document.path("heed"),
                    document.path("settings"),
                    document.path("config"),
                    run.finished() ? run.result() : null);
        }
    }

    List<Route> routes() {
        return List.of(
                get("/api/runs", Access.ONLOOKER, "every run", ctx -> Wire.answer(ctx, runs.rows()))
                        .gives(RunRow[].class),
                get(
                                "/api/runs/{run}",
                                Access.ONLOOKER,
                                "what went into a run and what came out",
                                ctx -> Wire.answer(ctx, Whole.of(run(ctx))))
                        .gives(Whole.class),
                get(
                                "/api/runs/{run}/curves",
                                Access.ONLOOKER,
                                "its metrics, at most 1,000 buckets of mean, least and greatest",
                                ctx -> Wire.answer(
                                        ctx, runs.curves(ctx.pathParam("run")).draw()))
                        .gives(Curves.Drawn.class),
                get(
                                "/api/runs/{run}/samples",
                                Access.ONLOOKER,
                                "its answers to the same prompts over time",
                                ctx -> Wire.answer(ctx, RunSamples.of(run(ctx))))
                        .gives(RunSamples.class),
                get(
                                "/api/runs/{run}/samples/{prompt}",
                                Access.ONLOOKER,
                                "one of them, token by token",
                                ctx -> Wire.answer(
                                        ctx,
                                        RunSamples.tokens(
                                                run(ctx),
                                                Wire.pathNumber(ctx, "prompt"),
                                                Wire.queryNumber(ctx, "step", 0))))
                        .asks("step?")
                        .gives(RunSamples.Told[].class),
                get(
                                "/api/runs/{run}/card",
                                Access.ONLOOKER,
                                "its model's report card, a page; with download a file",
                                this::card)
                        .asks("download?"),
                post(
                                "/api/runs/{run}/comparisons",
                                Access.LEAD,
                                "put its answers at two steps before labelers, blind",
                                this::ask)
                        .takes(BeforeAndAfter.Wanted.class)
                        .gives(BeforeAndAfter.Asked.class),
                get(
                                "/api/reports",
                                Access.ONLOOKER,
                                "the pages that commands wrote about models, the newest first",
                                ctx -> Wire.answer(ctx, reports.reports()))
                        .gives(ReportList.Report[].class),
                get(
                        "/api/reports/{report}",
                        Access.ONLOOKER,
                        "one of these pages",
                        ctx -> reports.answer(ctx, ctx.pathParam("report"))),
                get(
                                "/api/metrics",
                                Access.ONLOOKER,
                                "what the numbers say and how they should look",
                                ctx -> Wire.answer(ctx, meanings))
                        .gives(Meaning[].class),
                get("/api/events", Access.ONLOOKER, "what happens in runs and jobs, as server-sent events", events)
                        .asks("runs?"));
    }

    private RunDir run(Context ctx) {
        return runs.expect(ctx.pathParam("run"));
    }

    private void card(Context ctx) {
        String run = run(ctx).name();
        boolean keep = ctx.queryParam("download") != null;
        CardHost.Card card;
        try {
            card = keep ? cards.file(run) : cards.page(run);
        } catch (UserError e) {
            throw new ConflictResponse(String.valueOf(e.getMessage()));
        }
        if (keep) {
            ctx.header("Content-Disposition", "attachment; filename=\"card-%s.html\"".formatted(run));
        }
        ctx.header(
                "Content-Security-Policy",
                card.policy() + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        ctx.contentType("text/html; charset=utf-8").result(card.html());
    }

    private void ask(Context ctx) {
        RunDir run = run(ctx);
        BeforeAndAfter.Wanted wanted = Wire.body(ctx, BeforeAndAfter.Wanted.class);
        BeforeAndAfter.Asked asked = pairs.ask(run, wanted);
        audit.note(
                ctx,
                Caller.find(ctx).map(Caller::name).orElse("the owner"),
                "comparisons",
                "%d of run %s, steps %d and %d"
                        .formatted(asked.comparisons(), run.name(), wanted.before(), wanted.after()));
        Wire.answer(ctx, asked);
    }
}
