package dev.heed.web;

import dev.heed.run.Json;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.ServiceUnavailableResponse;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens in the runs, as server-sent events: {@code rows} (those of the list that changed), {@code points} (a run's
 * new lines), {@code again} (a run whose curves are to be asked for anew), {@code jobs} (all of them, when any changed).
 *
 * <p>Each reader has a thread of its own, which takes what is new from the runs' files and waits in the write where the
 * browser does not read. Nothing is queued: what a reader has not got yet is in the files, and the place where it stands
 * goes out as the event's id, so that a reader that comes back goes on from there, also after a restart of the server.
 */
final class RunEvents implements Handler, AutoCloseable {
    static final int MOST_READERS = 100;
    static final String THREAD = "heed-run-events";

    private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);
    private static final long LOOK_MS = 1_000;
    private static final long HEARTBEAT_MS = 15_000;
    /** Then a browser comes back by itself, and whether it may is asked again. */
    private static final long LONGEST_MS = 300_000;

    private static final int MOST_RUNS = 16;
    private static final int SMALL_STACK = 256 << 10; // bytes

    private final RunList runs;
    private final JobHost jobs;
    private final SseHandler sse = new SseHandler(this::admit);
    private final Set<Reader> readers = ConcurrentHashMap.newKeySet();

    RunEvents(RunList runs, JobHost jobs) {
        this.runs = runs;
        this.jobs = jobs;
    }

    @Override
    public void handle(Context ctx) throws Exception {
        if (!String.valueOf(ctx.header("Accept")).contains("text/event-stream")) {
            throw new BadRequestResponse("these are events: send Accept: text/event-stream");
        }
        places(ctx); // refused while there still is a status to refuse with
        if (readers.size() >= MOST_READERS) {
            throw new ServiceUnavailableResponse("%d follow the runs already; try again later".formatted(MOST_READERS));
        }
        sse.handle(ctx);
    }

    private void admit(SseClient client) {
        Reader reader = new Reader(client, places(client.ctx()));
        readers.add(reader);
        client.onClose(reader::close);
        client.keepAlive();
        Thread thread = new Thread(null, reader, THREAD, SMALL_STACK);
        thread.setDaemon(true);
        thread.start();
    }

    /** Where the reader is in the runs that it follows: NAME:EDITION:LINES,… as it had in its last event, or else asks for. */
    private Map<String, Curves.Place> places(Context ctx) {
        String last = ctx.header("Last-Event-ID");
        String list = last != null ? last : ctx.queryParam("runs");
        Map<String, Curves.Place> places = new LinkedHashMap<>();
        for (String one : list == null || list.isEmpty() ? new String[0] : list.split(",")) {
            String[] parts = one.split(":", -1);
            if (parts.length != 3 || !parts[2].matches("\\d{1,18}") || places.size() >= MOST_RUNS) {
                throw new BadRequestResponse("runs must be up to %d of NAME:EDITION:LINES with commas between, was %s"
                        .formatted(MOST_RUNS, list));
            }
            runs.expect(parts[0]);
            places.put(parts[0], new Curves.Place(parts[1], Long.parseLong(parts[2])));
        }
        return places;
    }

    /** Sends everyone away, so that the server need not wait for them. */
    @Override
    public void close() {
        List.copyOf(readers).forEach(Reader::close);
    }

    /**
     * A run's new lines.
     *
     * @param lines as many as the reader has now
     */
    record Points(String run, String edition, long lines, List<Map<String, Double>> points) {}

    /** One who follows. */
    private final class Reader implements Runnable {
        private final SseClient client;
        private final Map<String, Curves.Place> places;
        private Map<String, RunRow> known = Map.of();
        private List<JobHost.Job> knownJobs = List.of();
        private final CountDownLatch closed = new CountDownLatch(1);
        private long sentAt = System.nanoTime();

        Reader(SseClient client, Map<String, Curves.Place> places) {
            this.client = client;
            this.places = places;
        }

        void close() {
            closed.countDown();
        }

        @Override
        public void run() {
            try {
                long begin = System.nanoTime();
                do {
                    sendJobs();
                    sendRows();
                    for (String run : new ArrayList<>(places.keySet())) {
                        sendPoints(run);
                    }
                    if (System.nanoTime() - sentAt > HEARTBEAT_MS * 1_000_000) {
                        write(": still here\n\n");
                    }
                } while (!closed.await(LOOK_MS, TimeUnit.MILLISECONDS)
                        && System.nanoTime() - begin < LONGEST_MS * 1_000_000);
            } catch (IOException e) {
                LOG.debug("a reader of the runs has gone", e);
            } catch (RuntimeException e) {
                LOG.error("a reader of the runs is sent away", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                readers.remove(this);
                client.close();
            }
        }

        private void sendJobs() throws IOException {
            List<JobHost.Job> now = jobs.jobs();
            if (!now.equals(knownJobs)) {
                knownJobs = now;
                send("jobs", now);
            }
        }

        private void sendRows() throws IOException {
            List<RunRow> rows = runs.rows();
            List<RunRow> changed = rows.stream()
                    .filter(row -> !row.equals(known.get(row.name())))
                    .toList();
            if (!changed.isEmpty()) {
                known = rows.stream().collect(Collectors.toMap(RunRow::name, row -> row));
                send("rows", changed);
            }
        }

        private void sendPoints(String run) throws IOException {
            Curves.Place place = places.get(run);
            if (place == null) {
                return;
            }
            Optional<Curves.News> news = runs.curves(run).since(place);
            if (news.isEmpty()) {
                places.remove(run); // the reader asks anew, and then follows from what it got
                send("again", Map.of("run", run));
            } else if (!news.get().points().isEmpty()) {
                Curves.Place now = news.get().place();
                places.put(run, now);
                send(
                        "points",
                        new Points(run, now.edition(), now.lines(), news.get().points()));
            }
        }

        private void send(String event, Object data) throws IOException {
            String id = places.entrySet().stream()
                    .map(at -> "%s:%s:%d"
                            .formatted(
                                    at.getKey(),
                                    at.getValue().edition(),
                                    at.getValue().lines()))
                    .collect(Collectors.joining(","));
            write("id: %s\nevent: %s\ndata: %s\n\n".formatted(id, event, Json.line(data)));
        }

        /** In one piece: SseClient writes a line at a time, which costs several times as much. */
        private void write(String text) throws IOException {
            OutputStream out = client.ctx().res().getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            sentAt = System.nanoTime();
        }
    }
}
