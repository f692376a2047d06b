package dev.heed.card;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.report.CardData;
import dev.heed.eval.report.CardData.Content;
import dev.heed.eval.report.CardData.Ends;
import dev.heed.eval.report.CardData.Hub;
import dev.heed.eval.report.CardData.Learned;
import dev.heed.eval.report.CardData.Network;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Ancestry;
import dev.heed.run.Ancestry.Origin;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A report card's data, from the files of a home alone. What its run and those before it wrote must be there; of anything
 * else that cannot be read the card says so and tells the rest.
 */
public final class Gathering {
    private final Path home;
    private final RunDir run;
    private final List<String> troubles = new ArrayList<>();

    private Gathering(Path home, RunDir run) {
        this.home = home;
        this.run = run;
    }

    /**
     * The card of the model that a run made.
     *
     * @param server see {@link CardData#server}
     * @throws UserError if the run is not done or makes no model, or its own files cannot be read
     */
    public static CardData of(Path home, RunDir run, Hub hub, @Nullable String server) {
        expectModel(home, run);
        return new Gathering(home, run).data(hub, server);
    }

    private static void expectModel(Path home, RunDir run) {
        if (!run.begun()) {
            throw new UserError("no run '%s' in %s; heed runs lists them".formatted(run.name(), home));
        }
        if (!run.finished()) {
            throw new UserError("run %s is not done, so there is no model to tell of; heed resume %s goes on with it"
                    .formatted(run.name(), run.name()));
        }
        if (!Files.exists(run.model().resolve("config.json"))) {
            throw new UserError(
                    "run %s made no model (it is of the stage %s)".formatted(run.name(), Ancestry.stage(run)));
        }
    }

    private CardData data(Hub hub, @Nullable String server) {
        List<RunDir> line = Ancestry.line(run, RunDir.all(home));
        Evaluations evaluations = new Evaluations(home, troubles);
        Network network = network();
        return new CardData(
                run.name(),
                network,
                line.stream()
                        .map(one -> Steps.of(one, Ancestry.origins(one, RunDir.all(home))))
                        .toList(),
                line.stream()
                        .filter(one -> one.config().path("config").has("last_preference"))
                        .map(this::learned)
                        .toList(),
                evaluations.find(run.name()),
                evaluations.exams(run.name()),
                rewards(network.scores(), line, evaluations),
                curves(),
                hub,
                server,
                troubles);
    }

    private Network network() {
        JsonNode config = Json.read(run.model().resolve("config.json"));
        String architecture = config.path("architectures").path(0).asText();
        boolean scores = architecture.endsWith("ForSequenceClassification");
        ModelConfig shape = ModelConfig.read(run.model());
        return new Network(
                architecture,
                scores,
                shape.parameters(scores ? Head.SCALAR : Head.LANGUAGE),
                shape.layers(),
                shape.width(),
                shape.vocabulary(),
                shape.context(),
                run.result().path("hash").asText());
    }

    private Learned learned(RunDir one) {
        JsonNode config = one.config().path("config");
        String hash = config.path("preferences").asText();
        Path file = Contents.fileOf(home, hash);
        Content content = read(() -> Contents.of(file));
        return new Learned(
                one.name(),
                hash,
                home.relativize(file).toString(),
                config.path("last_preference").asLong(),
                content);
    }

    private List<Rewarder> rewards(boolean itself, List<RunDir> line, Evaluations evaluations) {
        if (itself) {
            return List.of(rewarder(run, evaluations));
        }
        List<String> names = Ancestry.origins(run, line).stream()
                .filter(origin -> origin.role().equals("reward"))
                .map(Origin::run)
                .distinct()
                .toList();
        return line.stream()
                .filter(one -> names.contains(one.name()))
                .map(one -> rewarder(one, evaluations))
                .toList();
    }

    private Rewarder rewarder(RunDir one, Evaluations evaluations) {
        HeldOutResult result = null;
        if (Files.exists(HeldOut.fileOf(one))) {
            long seed = one.config().path("settings").path("seed").asLong();
            result = read(() ->
                    HeldOutResult.of(HeldOut.read(one), new Bootstrap(seed)).orElse(null));
        }
        return new Rewarder(
                one.name(), result, home.relativize(HeldOut.fileOf(one)).toString(), evaluations.reward(one.name()));
    }

    private Map<String, Ends> curves() {
        List<JsonNode> metrics = RunLog.metricsOf(run);
        Map<String, Ends> ends = new LinkedHashMap<>();
        int part = Math.max(1, metrics.size() / 10);
        if (!metrics.isEmpty()) {
            metrics.get(0).fieldNames().forEachRemaining(metric -> {
                double first = mean(metrics.stream().limit(part), metric);
                double last = mean(metrics.stream().skip(metrics.size() - part), metric);
                ends.put(metric, new Ends(first, last));
            });
        }
        return ends;
    }

    private static double mean(Stream<JsonNode> lines, String metric) {
        return lines.filter(line -> line.path(metric).isNumber())
                .mapToDouble(line -> line.path(metric).asDouble())
                .average()
                .orElse(Double.NaN);
    }

    /** Something beside the run's own files: where it cannot be read, the card says why. */
    private <T> @Nullable T read(Supplier<@Nullable T> something) {
        try {
            return something.get();
        } catch (UserError e) {
            troubles.add(String.valueOf(e.getMessage()));
            return null;
        }
    }
}
