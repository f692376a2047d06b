package dev.heed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.DemoResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.Standard;
import dev.heed.eval.Verdict;
import dev.heed.eval.report.ReportData;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.run.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the report shows of a loop: gathered from the runs' logs and the evaluation. */
record Telling(Settings settings, Loop.Config config, Outcome outcome, DemoResult result) {
    private static final int SAMPLES_A_KIND = 3;

    ReportData data() {
        return new ReportData(
                "Heed: people's preferences into a better language model",
                new ReportData.Summary(
                        outcome.rounds(),
                        outcome.labels().count(),
                        outcome.labels().agreement(),
                        outcome.prompts().size(),
                        "sft",
                        new ReportData.Judge(
                                "the gold judge",
                                "It knows every fact of the built-in world and stands in for the truth that no one has in real"
                                        + " life. Neither the reward model nor the policy ever sees it.")),
                outcome.cards(),
                stages(),
                frontier(),
                new ReportData.RewardReport(outcome.reward(), outcome.ceiling()),
                samples(),
                reproduction());
    }

    private List<ReportData.Stage> stages() {
        List<String> rounds = IntStream.rangeClosed(1, outcome.rounds())
                .mapToObj(String::valueOf)
                .toList();
        return List.of(
                new ReportData.Stage(
                        "Pretraining",
                        "The base model learns to predict the next token of the world's text, true and false alike.",
                        List.of(
                                curve(
                                        "Loss",
                                        "nats a token",
                                        "How surprised it is; lower is better.",
                                        "loss",
                                        "pretrain"),
                                curve(
                                        "Facts known",
                                        "share",
                                        "Facts whose true value it ranks first. They come late and suddenly.",
                                        "facts_known",
                                        "pretrain"))),
                new ReportData.Stage(
                        "Reward model",
                        "It learns to say which of two answers a labeler would prefer.",
                        List.of(
                                byRound(
                                        "Loss",
                                        "nats a preference",
                                        "A coin reaches 0.693.",
                                        "loss",
                                        "reward-",
                                        rounds,
                                        List.of(new ReportData.Level("coin", Math.log(2)))),
                                byRound(
                                        "Accuracy",
                                        "share",
                                        "Pairs of a step that it orders as the labeler did.",
                                        "accuracy",
                                        "reward-",
                                        rounds,
                                        List.of()))),
                new ReportData.Stage(
                        "PPO",
                        "The policy writes, the reward model scores, and the policy moves towards what scored well.",
                        List.of(
                                byRound(
                                        "Score",
                                        "standard deviations",
                                        "The reward model's, above what the SFT model gets.",
                                        "score",
                                        "ppo-",
                                        rounds,
                                        List.of()),
                                byRound(
                                        "KL to the SFT model",
                                        "nats a completion",
                                        "How far it has gone.",
                                        "kl",
                                        "ppo-",
                                        rounds,
                                        List.of()),
                                byRound(
                                        "Entropy",
                                        "nats a token",
                                        "How undecided it is; a collapse to 0 would be bad.",
                                        "entropy",
                                        "ppo-",
                                        rounds,
                                        List.of()),
                                byRound(
                                        "Length",
                                        "tokens",
                                        "A score that rises with length alone would be suspicious.",
                                        "length",
                                        "ppo-",
                                        rounds,
                                        List.of()),
                                byRound(
                                        "Ends by itself",
                                        "share",
                                        "Completions that stop before the limit.",
                                        "eos_rate",
                                        "ppo-",
                                        rounds,
                                        List.of()),
                                byRound(
                                        "Explained variance",
                                        "share",
                                        "How much of the returns the critic foresees; 1 is all.",
                                        "explained_variance",
                                        "ppo-",
                                        rounds,
                                        List.of()))));
    }

    private ReportData.Curve curve(String name, String unit, String explanation, String metric, String run) {
        return ReportData.Curve.of(name, unit, explanation, dots(run, metric));
    }

    private ReportData.Curve byRound(
            String name,
            String unit,
            String explanation,
            String metric,
            String runs,
            List<String> rounds,
            List<ReportData.Level> levels) {
        List<ReportData.Line> lines = rounds.stream()
                .map(round -> new ReportData.Line("round " + round, dots(runs + round, metric)))
                .toList();
        return new ReportData.Curve(name, unit, explanation, lines, levels);
    }

    private List<ReportData.Dot> dots(String run, String metric) {
        return RunLog.metricsOf(RunDir.at(settings.home(), run)).stream()
                .filter(line -> line.has(metric))
                .map(line -> new ReportData.Dot(
                        line.path("step").asDouble() + 1, line.path(metric).asDouble()))
                .toList();
    }

    /** The watched prompts' samples, judged afterwards: the judge had no part in the training. */
    private ReportData.Frontier frontier() {
        BuiltIn world = new BuiltIn(settings.home(), settings.seed());
        Bootstrap bootstrap = new Bootstrap(settings.seed());
        List<Point> points = new ArrayList<>();
        for (int round = 1; round <= outcome.rounds(); round++) {
            Map<Long, List<JsonNode>> bySteps = RunLog.samplesOf(RunDir.at(settings.home(), "ppo-" + round)).stream()
                    .collect(Collectors.groupingBy(
                            line -> line.path("step").asLong(), LinkedHashMap::new, Collectors.toList()));
            for (Map.Entry<Long, List<JsonNode>> at : bySteps.entrySet()) {
                points.add(Point.of("round %d, step %d".formatted(round, at.getKey() + 1), at.getValue(), world));
            }
        }
        Standard proxy = Standard.of(points.get(0).proxy());
        Standard gold = Standard.of(points.get(0).gold());
        return new ReportData.Frontier(
                points.stream()
                        .map(p -> new ReportData.Reached(
                                p.name(),
                                p.kl(),
                                proxy.measure(bootstrap.mean(p.proxy())),
                                gold.measure(bootstrap.mean(p.gold()))))
                        .toList(),
                List.of());
    }

    /** Where the policy stood at a step. */
    private record Point(String name, double kl, double[] proxy, double[] gold) {
        static Point of(String name, List<JsonNode> lines, BuiltIn world) {
            return new Point(
                    name,
                    lines.stream()
                            .mapToDouble(l -> l.path("kl").asDouble())
                            .average()
                            .orElseThrow(),
                    lines.stream().mapToDouble(l -> l.path("score").asDouble()).toArray(),
                    lines.stream().mapToDouble(l -> gold(l, world)).toArray());
        }

        private static double gold(JsonNode line, BuiltIn world) {
            Prompt prompt =
                    new Prompt("", List.of(Message.user(line.path("prompt").asText())), "", Split.HELD_OUT);
            return world.judge()
                    .of(
                            prompt,
                            line.path("completion").asText(),
                            line.path("ended").asBoolean())
                    .gold();
        }
    }

    private List<ReportData.Sample> samples() {
        Outcome.Sat before = outcome.sat().get(1);
        Outcome.Sat after = outcome.sat().get(outcome.sat().size() - 1);
        Map<String, Integer> shown = new LinkedHashMap<>();
        List<ReportData.Sample> samples = new ArrayList<>();
        for (int i = 0; i < before.verdicts().size(); i += config.examSamples()) {
            Prompt prompt = outcome.prompts().get(i / config.examSamples());
            Verdict was = before.verdicts().get(i);
            Verdict is = after.verdicts().get(i);
            if (!was.text().equals(is.text()) && shown.merge(prompt.kind(), 1, Integer::sum) <= SAMPLES_A_KIND) {
                samples.add(ReportData.Sample.of(prompt.text(), before.name(), was, after.name(), is));
            }
        }
        return samples;
    }

    private ReportData.Reproduction reproduction() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("time", String.format(Locale.ROOT, "%.0f s", result.seconds()));
        machine.put("memory", result.peakRssMb() + " MB at most");
        machine.put("threads", String.valueOf(settings.threads()));
        machine.put("precision", result.precision());
        machine.put("Java", Runtime.version().toString());
        Map<String, String> set = new LinkedHashMap<>();
        ModelCard last = outcome.cards().get(outcome.cards().size() - 1);
        set.put("newest policy", last.name());
        Knobs.described(Loop.Config.class).forEach(knob -> set.put(knob.name(), knob.value()));
        return new ReportData.Reproduction(
                settings.seed(), List.of("./heed demo --seed " + settings.seed()), machine, set);
    }
}
