package dev.heed.web;

import static dev.heed.web.Route.delete;
import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.run.UserError;
import dev.heed.web.AccountApi.Done;
import dev.heed.web.JobHost.Job;
import dev.heed.web.JobHost.Log;
import dev.heed.web.JobHost.Offer;
import dev.heed.web.JobHost.Order;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import java.util.List;
import java.util.Map;

/** Commands that leads start, stop and go on with from the page. */
final class JobsApi {
    private static final int UNPROCESSABLE = 422;

    private final JobHost jobs;
    private final Audit audit;

    JobsApi(JobHost jobs, Audit audit) {
        this.jobs = jobs;
        this.audit = audit;
    }

    List<Route> routes() {
        return List.of(
                get(
                                "/api/stages",
                                Access.LEAD,
                                "the commands that can be started, with their options",
                                ctx -> Wire.answer(ctx, jobs.offer()))
                        .gives(Offer.class),
                get(
                                "/api/jobs",
                                Access.ONLOOKER,
                                "every job, in the order asked for",
                                ctx -> Wire.answer(ctx, jobs.jobs()))
                        .gives(Job[].class),
                post("/api/jobs", Access.LEAD, "start a command, or let it wait for its turn", refusing(this::start))
                        .takes(Order.class)
                        .gives(Job.class),
                post(
                                "/api/runs/{run}/resume",
                                Access.LEAD,
                                "start the command that began a run once more: it goes on",
                                refusing(this::resume))
                        .gives(Job.class),
                post(
                                "/api/jobs/{id}/again",
                                Access.LEAD,
                                "start the command of a job that ended once more",
                                refusing(this::again))
                        .gives(Job.class),
                post("/api/jobs/{id}/stop", Access.LEAD, "ask a job to save and end", refusing(this::stop))
                        .gives(Job.class),
                post("/api/jobs/{id}/kill", Access.LEAD, "end a job at once, without saving", refusing(this::kill))
                        .gives(Job.class),
                delete("/api/jobs/{id}", Access.LEAD, "forget a job that does not run", refusing(this::remove))
                        .gives(Done.class),
                get("/api/jobs/{id}/log", Access.ONLOOKER, "what a job said, at most the last 64 KiB", this::log)
                        .asks("from?")
                        .gives(Log.class));
    }

    /** What is wrong with an order is told to who gave it. */
    private static Handler refusing(Handler handler) {
        return ctx -> {
            try {
                handler.handle(ctx);
            } catch (UserError e) {
                throw new HttpResponseException(UNPROCESSABLE, String.valueOf(e.getMessage()), Map.of());
            }
        };
    }

    private void start(Context ctx) {
        Job job = jobs.start(Wire.body(ctx, Order.class), who(ctx));
        note(ctx, "job started", job);
        Wire.answer(ctx, job);
    }

    private void resume(Context ctx) {
        Job job = jobs.resume(ctx.pathParam("run"), who(ctx));
        note(ctx, "job started", job);
        Wire.answer(ctx, job);
    }

    private void again(Context ctx) {
        Job job = jobs.again(id(ctx), who(ctx));
        note(ctx, "job started", job);
        Wire.answer(ctx, job);
    }

    private void stop(Context ctx) {
        Job job = jobs.stop(id(ctx));
        note(ctx, "job stopped", job);
        Wire.answer(ctx, job);
    }

    private void kill(Context ctx) {
        Job job = jobs.kill(id(ctx));
        note(ctx, "job killed", job);
        Wire.answer(ctx, job);
    }

    private void remove(Context ctx) {
        long id = id(ctx);
        jobs.remove(id);
        audit.note(ctx, who(ctx), "job removed", String.valueOf(id));
        Wire.answer(ctx, Done.DONE);
    }

    private void log(Context ctx) {
        Wire.answer(ctx, jobs.log(id(ctx), Wire.queryNumber(ctx, "from", 0)));
    }

    private void note(Context ctx, String what, Job job) {
        audit.note(ctx, who(ctx), what, "%d: heed %s".formatted(job.id(), String.join(" ", job.words())));
    }

    private static long id(Context ctx) {
        return Wire.pathNumber(ctx, "id");
    }

    private static String who(Context ctx) {
        return Caller.find(ctx).map(Caller::name).orElse("the owner");
    }
}
