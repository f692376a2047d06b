package dev.heed.card;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.report.CardData.Step;
import dev.heed.run.Ancestry.Origin;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.run.Version;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run as a card tells it. */
final class Steps {
    private Steps() {}

    static Step of(RunDir run, List<Origin> origins) {
        JsonNode document = run.config();
        JsonNode settings = document.path("settings");
        JsonNode heed = document.path("heed");
        JsonNode seconds = run.finished() ? run.result().path("seconds") : document.path("");
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", document.path("config"), flat);
        return new Step(
                run.name(),
                dev.heed.run.Ancestry.stage(run),
                begun(run, document),
                seconds.isNumber() ? seconds.asDouble() : null,
                settings.path("seed").asLong(),
                settings.path("threads").asInt(),
                settings.path("precision").asText("unknown"),
                new Version(
                        heed.path("version").asText("unknown"),
                        heed.path("commit").asText("unknown"),
                        heed.path("java").asText("unknown")),
                origins,
                flat,
                run.words());
    }

    private static Instant begun(RunDir run, JsonNode document) {
        try {
            return Instant.parse(document.path("begun").asText());
        } catch (DateTimeParseException e) {
            throw new UserError(
                    "%s: begun must be a time, was '%s'"
                            .formatted(
                                    run.path().resolve("config.json"),
                                    document.path("begun").asText()),
                    e);
        }
    }

    private static void flatten(String at, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(e -> flatten(at.isEmpty() ? e.getKey() : at + "." + e.getKey(), e.getValue(), into));
        } else if (!node.isMissingNode()) {
            into.put(at, node.isTextual() ? node.asText() : node.toString());
        }
    }
}
