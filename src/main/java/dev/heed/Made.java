package dev.heed;

import dev.heed.run.RunDir;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What a stage made: the run, its model's folder, and what the run came to. */
record Made(String run, Path model, Map<String, Object> result) implements Shown {
    static Made of(RunDir dir) {
        Map<String, Object> result = new TreeMap<>();
        dir.result().properties().forEach(e -> result.put(e.getKey(), e.getValue()));
        return new Made(dir.name(), dir.model(), result);
    }

    @Override
    public String text() {
        return "%s: %s".formatted(run, model);
    }
}
