package dev.heed.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.util.List;

/** The metrics that a run wrote, as a reader of metrics.jsonl has them. */
record Seen(List<JsonNode> lines) {
    static Seen of(RunDir dir) {
        return new Seen(RunLog.metricsOf(dir));
    }

    double at(int step, String metric) {
        return lines.get(step).path(metric).asDouble(Double.NaN);
    }

    double first(String metric) {
        return at(0, metric);
    }

    double last(String metric) {
        return at(lines.size() - 1, metric);
    }

    double[] all(String metric) {
        return lines.stream()
                .mapToDouble(line -> line.path(metric).asDouble(Double.NaN))
                .toArray();
    }
}
