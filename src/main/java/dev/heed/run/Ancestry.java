package dev.heed.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a run came from, as the runs of its home tell it. */
public final class Ancestry {
    private static final Pattern MODEL = Pattern.compile("runs/([^/]+)/model");

    private Ancestry() {}

    /** A run that another began from or was trained against, by what it is to that one: "policy", "reward". */
    public record Origin(String role, String run) {}

    /** Which stage a run is of: as its model's own papers say; before there are any, as the knobs and the command do. */
    public static String stage(RunDir run) {
        Path papers = run.model().resolve("heed.json");
        if (Files.exists(papers)) {
            return Json.read(papers).path("stage").asText();
        }
        JsonNode document = run.config();
        JsonNode config = document.path("config");
        for (String stage : List.of("pretrain", "sft", "ppo", "grpo", "rloo", "reward")) {
            if (config.path(stage).isObject() && config.path(stage).has("lr")) {
                return stage;
            }
        }
        if (config.has("vocabulary")) {
            return "tokenizer";
        }
        return config.has("round") ? "sample" : document.path("words").path(0).asText("");
    }

    /** @param all the runs of the home, among which it may have its tokenizer from */
    public static List<Origin> origins(RunDir run, List<RunDir> all) {
        List<Origin> origins = new ArrayList<>();
        run.config().path("config").properties().forEach(entry -> collect(entry.getKey(), entry.getValue(), origins));
        if (origins.isEmpty()) {
            all.stream()
                    .filter(other -> isTokenizerOf(other, run))
                    .findFirst()
                    .ifPresent(tokenizer -> origins.add(new Origin("tokenizer", tokenizer.name())));
        }
        return origins;
    }

    /** The runs of a home that led to one, the first ones first, itself last. */
    public static List<RunDir> line(RunDir run, List<RunDir> all) {
        List<RunDir> found = new ArrayList<>();
        collect(run, all, found, new ArrayList<>());
        return found;
    }

    private static void collect(RunDir run, List<RunDir> all, List<RunDir> found, List<RunDir> seen) {
        if (seen.contains(run)) {
            return;
        }
        seen.add(run);
        for (Origin origin : origins(run, all)) {
            all.stream()
                    .filter(other -> other.name().equals(origin.run()))
                    .forEach(other -> collect(other, all, found, seen));
        }
        found.add(run);
    }

    /** A base model keeps a copy of its tokenizer, which its config does not name. */
    private static boolean isTokenizerOf(RunDir other, RunDir run) {
        Path theirs = other.model().resolve("tokenizer.json");
        Path ours = run.model().resolve("tokenizer.json");
        try {
            return !other.name().equals(run.name())
                    && Files.exists(theirs)
                    && Files.exists(ours)
                    && !Files.exists(other.model().resolve("config.json"))
                    && Files.mismatch(theirs, ours) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compare " + theirs, e);
        }
    }

    private static void collect(String role, JsonNode node, List<Origin> origins) {
        Matcher named = MODEL.matcher(node.asText());
        if (named.matches()) {
            origins.add(new Origin(role, named.group(1)));
        }
        node.elements().forEachRemaining(inner -> collect(role, inner, origins));
    }
}
