package dev.heed.web;

import dev.heed.run.Json;
import dev.heed.web.Form.Said;
import dev.heed.web.Form.Usage;
import dev.heed.web.ModelHost.Answer;
import dev.heed.web.ModelHost.Model;
import dev.heed.web.ModelHost.Piece;
import dev.heed.web.ModelHost.Scores;
import dev.heed.web.Requests.Asked;
import dev.heed.web.Requests.Judged;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models for programs, in the forms of OpenAI's interface, so that its clients can be used: models, completions and chat;
 * and scores, for which it has no form.
 */
final class ChatApi {
    private static final Logger LOG = LoggerFactory.getLogger(ChatApi.class);
    private static final String PATH = "/v1/";
    private static final int MOST_AT_ONCE = 128; // each holds a thread of the server, and people need some too
    private static final long HEARTBEAT_MS = 1000; // how soon it shows that a client went away

    private final ModelHost host;
    private final Access access;
    private final InstantSource clock;
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    /** @param access whom all of it is for */
    ChatApi(ModelHost host, Access access, InstantSource clock) {
        this.host = host;
        this.access = access;
        this.clock = clock;
    }

    /** Whether a request is to be refused in OpenAI's form. */
    static boolean isAsked(Context ctx) {
        return ctx.path().startsWith(PATH);
    }

    List<Route> routes() {
        return List.of(
                Route.get(PATH + "models", access, "models that programs may ask", this::models)
                        .gives(Listed.class),
                Route.get(PATH + "models/{model}", access, "one of them", this::model)
                        .gives(Shown.class),
                Route.post(PATH + "chat/completions", access, "what a model answers", ctx -> complete(ctx, Form.CHAT))
                        .takes(Map.class)
                        .gives(Form.Body.class),
                Route.post(PATH + "completions", access, "how a model goes on", ctx -> complete(ctx, Form.TEXT))
                        .takes(Map.class)
                        .gives(Form.Body.class),
                Route.post(PATH + "score", access, "what a reward model says of completions", this::score)
                        .takes(Map.class)
                        .gives(Scored.class));
    }

    /** A model, with the word {@code kind} besides OpenAI's. */
    record Shown(String id, String object, long created, String ownedBy, ModelHost.Kind kind) {
        static Shown of(Model model) {
            return new Shown(model.id(), "model", model.made().getEpochSecond(), "heed", model.kind());
        }
    }

    record Listed(String object, List<Shown> data) {}

    /** The score of one completion. */
    record Score(String object, int index, double score) {}

    record Scored(String object, String model, List<Score> data, Usage usage) {}

    private void models(Context ctx) {
        Wire.answer(
                ctx, new Listed("list", host.models().stream().map(Shown::of).toList()));
    }

    private void model(Context ctx) {
        String id = ctx.pathParam("model");
        List<Model> models = host.models();
        Wire.answer(
                ctx,
                models.stream()
                        .filter(model -> model.id().equals(id))
                        .findFirst()
                        .map(Shown::of)
                        .orElseThrow(() -> Refusal.unknownModel(id, models)));
    }

    private void score(Context ctx) {
        Judged judged = Requests.score(Fields.of(ctx));
        enter();
        try {
            Scores scores = host.score(judged.model(), judged.texts());
            List<Score> data = IntStream.range(0, judged.texts().size())
                    .mapToObj(i -> new Score("score", i, scores.scores().get(i)))
                    .toList();
            Wire.answer(ctx, new Scored("list", judged.model(), data, new Usage(scores.tokens(), 0, scores.tokens())));
        } finally {
            free.release();
        }
    }

    private void complete(Context ctx, Form form) {
        Fields fields = Fields.of(ctx);
        Asked asked = form == Form.CHAT ? Requests.chat(fields) : Requests.text(fields);
        enter();
        try (Answer answer = host.answer(asked.question())) {
            Form.Body head = form.head(asked.question().model(), clock.instant().getEpochSecond(), asked.streamed());
            if (asked.streamed()) {
                stream(ctx, form, asked, head, answer);
            } else {
                whole(ctx, form, asked, head, answer);
            }
        } catch (IOException e) {
            LOG.debug("who asked went away", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, null, "stopping", "the server is stopping");
        } finally {
            free.release();
        }
    }

    private void enter() {
        if (!free.tryAcquire()) {
            throw new Refusal(
                    429, null, "too_many", "%d requests are being answered already; try again".formatted(MOST_AT_ONCE));
        }
    }

    // ---- whole answers ----

    private static void whole(Context ctx, Form form, Asked asked, Form.Body head, Answer answer)
            throws InterruptedException, IOException {
        int count = asked.question().openings().size() * asked.question().choices();
        List<Said> all = new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> new Said(i, "", List.of(), null))
                .toList());
        ctx.contentType("application/json");
        Beat beat = new Beat(ctx, "\n"); // JSON may begin with white space
        while (all.stream().anyMatch(said -> said.ending() == null)) {
            answer.await(HEARTBEAT_MS)
                    .ifPresent(piece -> all.set(piece.number(), more(all.get(piece.number()), piece)));
            beat.ifDue();
        }
        boolean logProbs = asked.question().likeliest() >= 0;
        List<Object> choices =
                all.stream().map(said -> form.choice(said, logProbs)).toList();
        beat.end(Json.line(head.with(choices, Usage.of(answer))));
    }

    private static Said more(Said before, Piece piece) {
        List<ModelHost.Told> tokens = new ArrayList<>(before.tokens());
        tokens.addAll(piece.tokens());
        return new Said(before.number(), before.text() + piece.text(), tokens, piece.ending());
    }

    /** Tells a client that waits for long that its answer is coming; a write fails once it has gone away. */
    private static final class Beat {
        private final Context ctx;
        private final byte[] sign;
        private long last = System.nanoTime();
        private boolean begun;

        Beat(Context ctx, String sign) {
            this.ctx = ctx;
            this.sign = sign.getBytes(StandardCharsets.UTF_8);
        }

        void ifDue() throws IOException {
            if (System.nanoTime() - last >= HEARTBEAT_MS * 1_000_000) {
                write(sign);
            }
        }

        void write(byte[] bytes) throws IOException {
            begun = true;
            OutputStream out = ctx.res().getOutputStream();
            out.write(bytes);
            out.flush();
            last = System.nanoTime();
        }

        void end(String text) throws IOException {
            if (begun) {
                write(text.getBytes(StandardCharsets.UTF_8));
            } else {
                ctx.result(text);
            }
        }
    }

    // ---- streams ----

    private static void stream(Context ctx, Form form, Asked asked, Form.Body head, Answer answer)
            throws InterruptedException, IOException {
        ctx.contentType("text/event-stream; charset=utf-8").header("X-Accel-Buffering", "no");
        Beat beat = new Beat(ctx, ": the model is at work\n\n");
        try {
            pieces(form, asked, head, answer, beat);
            if (asked.usage()) {
                send(beat, Json.line(head.with(List.of(), Usage.of(answer))));
            }
            send(beat, "[DONE]");
        } catch (IllegalStateException e) {
            LOG.error("a stream broke off", e);
            send(beat, Json.line(Refusal.body(500, "the model broke off; the server's log says more", null, null)));
        }
    }

    private static void pieces(Form form, Asked asked, Form.Body head, Answer answer, Beat beat)
            throws InterruptedException, IOException {
        int going = asked.question().openings().size() * asked.question().choices();
        boolean logProbs = asked.question().likeliest() >= 0;
        Set<Integer> begun = new HashSet<>();
        while (going > 0) {
            Optional<Piece> next = answer.await(HEARTBEAT_MS);
            beat.ifDue();
            if (next.isPresent()) {
                Piece piece = next.get();
                Said said = new Said(piece.number(), piece.text(), piece.tokens(), piece.ending());
                for (Object part : form.parts(said, logProbs, begun.add(piece.number()))) {
                    send(beat, Json.line(head.with(List.of(part), null)));
                }
                going -= piece.ending() == null ? 0 : 1;
            }
        }
    }

    private static void send(Beat beat, String data) throws IOException {
        beat.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
