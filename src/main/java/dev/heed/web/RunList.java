package dev.heed.web;

import dev.heed.run.RunDir;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The runs of a home as pages see them, read again only where something changed. Safe for many threads. */
final class RunList {
    private static final long FRESH_MS = 800;
    private static final int MOST_CURVES = 32; // some MB each

    private final Path home;
    private final InstantSource clock;
    private final Map<String, Kept> kept = new HashMap<>();
    private final Map<String, Curves> curves = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Curves> eldest) {
            return size() > MOST_CURVES;
        }
    };
    private List<RunRow> rows = List.of();
    private long readAtMs = -FRESH_MS;

    RunList(Path home, InstantSource clock) {
        this.home = home;
        this.clock = clock;
    }

    /** @param files times and sizes of what the row was read from */
    private record Kept(List<Object> files, RunRow row) {
        /** Of a run that goes on, the clock alone changes the row, and its process may end without a trace. */
        boolean holds(List<Object> now) {
            return files.equals(now) && row.state() != RunDir.State.RUNNING;
        }
    }

    /** In the order in which they were begun. */
    synchronized List<RunRow> rows() {
        long now = System.nanoTime() / 1_000_000;
        if (now - readAtMs >= FRESH_MS) {
            rows = read();
            readAtMs = now;
        }
        return rows;
    }

    /**
     * The run of that name: one of the list, so no name leads elsewhere.
     *
     * @throws NotFoundResponse if there is none
     */
    RunDir expect(String name) {
        return RunDir.all(home).stream()
                .filter(run -> run.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFoundResponse("there is no run " + name));
    }

    /** @throws NotFoundResponse if there is no such run */
    Curves curves(String name) {
        synchronized (curves) {
            Curves known = curves.get(name);
            if (known != null) {
                return known;
            }
        }
        Path metrics = expect(name).path().resolve("metrics.jsonl");
        synchronized (curves) {
            return curves.computeIfAbsent(name, any -> new Curves(metrics));
        }
    }

    private List<RunRow> read() {
        List<RunRow> found = new ArrayList<>();
        List<RunDir> runs = RunDir.all(home);
        for (RunDir run : runs) {
            List<Object> files = files(run);
            Kept before = kept.get(run.name());
            RunRow row = before != null && before.holds(files) ? before.row() : RunRow.of(run, runs, clock.instant());
            kept.put(run.name(), new Kept(files, row));
            found.add(row);
        }
        kept.keySet().retainAll(runs.stream().map(RunDir::name).toList());
        found.sort(Comparator.comparing(RunRow::begun).thenComparing(RunRow::name));
        return List.copyOf(found);
    }

    private static List<Object> files(RunDir run) {
        List<Object> all = new ArrayList<>();
        for (String name : List.of(
                "config.json", "process.json", "metrics.jsonl", "samples.jsonl", "model/heed.json", "result.json")) {
            Path file = run.path().resolve(name);
            try {
                all.add(Files.exists(file) ? List.of(Files.size(file), Files.getLastModifiedTime(file)) : name);
            } catch (IOException e) {
                all.add(e); // it goes away: read again
            }
        }
        return all;
    }
}
