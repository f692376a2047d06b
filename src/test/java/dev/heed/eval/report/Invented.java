package dev.heed.eval.report;

import dev.heed.eval.BestOfN;
import dev.heed.eval.Contest;
import dev.heed.eval.KlFrontier;
import dev.heed.eval.KlFrontier.Method;
import dev.heed.eval.ModelCard;
import dev.heed.eval.OverOptimization;
import dev.heed.eval.OverOptimization.Form;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.RewardAccuracy.Judged;
import dev.heed.eval.Scored;
import dev.heed.eval.Verdict;
import dev.heed.eval.report.ReportData.Curve;
import dev.heed.eval.report.ReportData.Dot;
import dev.heed.eval.report.ReportData.Frontier;
import dev.heed.eval.report.ReportData.Judge;
import dev.heed.eval.report.ReportData.Level;
import dev.heed.eval.report.ReportData.Line;
import dev.heed.eval.report.ReportData.Reached;
import dev.heed.eval.report.ReportData.Reproduction;
import dev.heed.eval.report.ReportData.RewardReport;
import dev.heed.eval.report.ReportData.Sample;
import dev.heed.eval.report.ReportData.Stage;
import dev.heed.eval.report.ReportData.Summary;
import dev.heed.quality.Bootstrap;
import dev.heed.quality.Interval;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Invented numbers and texts for looking at the page; no run made them. */
final class Invented {
    static final double NONE = Double.NaN;
    static final Judge JUDGE = new Judge(
            "the gold judge",
            "The gold judge stands in for people: it knows every fact of the built-in world, and neither the reward model nor the policy ever saw it.");
    static final Summary SUMMARY = new Summary(2, 2_400, .81, 300, "sft", JUDGE);

    private Invented() {}

    static ReportData whole() {
        return new ReportData(
                "Invented data, for the test of this page",
                SUMMARY,
                cards(),
                stages(),
                frontier(),
                reward(),
                samples(),
                reproduction());
    }

    static ReportData nothingYet() {
        return new ReportData(
                "Nothing yet",
                new Summary(0, 0, NONE, 0, "sft", JUDGE),
                List.of(),
                List.of(),
                null,
                null,
                List.of(),
                new Reproduction(1, List.of(), Map.of(), Map.of()));
    }

    static List<ModelCard> cards() {
        return List.of(
                card("base", new double[] {.31, .22, .24, .42, .30, .24, .03, .02, .41}, new double[] {
                    NONE, 1.182, .412, 31.2, .44
                }),
                card("sft", new double[] {.55, .5, .5, .58, .74, .63, .52, .06, .93}, new double[] {
                    0, 1.197, .388, 17.4, .95
                }),
                card("best-of-4", new double[] {.66, .66, .65, .66, .83, .77, .7, .055, .96}, new double[] {
                    .63, 1.197, .381, 17.9, .97
                }),
                card("ppo-1", new double[] {.71, .72, .70, .70, .88, .86, .83, .05, .98}, new double[] {
                    2.31, 1.204, .352, 18.3, .98
                }),
                card("ppo-2", new double[] {.78, .78, .75, .74, .91, .93, .94, .052, .995}, new double[] {
                    4.87, 1.231, .334, 18.9, .996
                }));
    }

    private static ModelCard card(String name, double[] shares, double[] plain) {
        boolean sft = name.equals("sft");
        return new ModelCard(
                name,
                about(shares[0], .02),
                sft ? Interval.exact(.5) : about(shares[1], .04),
                sft ? Interval.exact(.5) : about(shares[2], .048),
                about(shares[3], .045),
                about(shares[4], .035),
                about(shares[5], .035),
                about(shares[6], .06),
                about(shares[7], .025),
                about(shares[8], .012),
                plain[0],
                plain[1],
                plain[2],
                plain[3],
                plain[4],
                Map.of("kl", Interval.exact(plain[0]), "length", new Interval(plain[3], plain[3] - .6, plain[3] + .6)));
    }

    private static Interval about(double mean, double half) {
        return new Interval(mean, Math.max(0, mean - half), Math.min(1, mean + half));
    }

    static RewardReport reward() {
        SplittableRandom random = Draws.of(1, "invented pairs", 0);
        List<Judged> pairs =
                IntStream.range(0, 600).mapToObj(i -> pair(i, random)).toList();
        return new RewardReport(RewardAccuracy.of(pairs, new Bootstrap(1)), .755);
    }

    private static Judged pair(int i, SplittableRandom random) {
        double a = random.nextGaussian();
        double b = random.nextGaussian();
        boolean right = random.nextDouble() < .08 + .84 / (1 + Math.exp(-1.2 * Math.abs(a - b)));
        int strength = 1 + random.nextInt(3);
        Scored better = new Scored(Math.max(a, b), (int) (18 + 2 * Math.max(a, b) + 4 * random.nextGaussian()));
        Scored worse = new Scored(Math.min(a, b), (int) (18 + 2 * Math.min(a, b) + 4 * random.nextGaussian()));
        String labeler = List.of("ada", "bo", "chi").get(i % 3);
        return right
                ? new Judged("p" + i / 3, labeler, strength, better, worse)
                : new Judged("p" + i / 3, labeler, strength, worse, better);
    }

    static List<Stage> stages() {
        return List.of(
                new Stage(
                        "Pretraining",
                        "From random weights to something that writes like the world’s books, good and bad alike.",
                        List.of(
                                curve(
                                        "Loss",
                                        "nats a token",
                                        "How surprised it is by the next token; lower is better.",
                                        1_500,
                                        s -> 1.05 + 4.6 * Math.exp(-s / 120),
                                        .06),
                                curve(
                                        "Facts known",
                                        "share",
                                        "Facts that it ranks first among all values: they come late and suddenly.",
                                        30,
                                        s -> .06 + .91 / (1 + Math.exp(-(s - 19) / 1.6)),
                                        .006),
                                curve(
                                        "Learning rate",
                                        "",
                                        "Warm-up, then decay.",
                                        400,
                                        s -> .004 * Math.min(s / 40, 1 - s / 440),
                                        0))),
                new Stage(
                        "Reward model",
                        "From pairs to a score.",
                        List.of(
                                new Curve(
                                        "Loss",
                                        "nats",
                                        "Below ln 2 it knows more than a coin.",
                                        List.of(
                                                line("training", 150, s -> .56 + .14 * Math.exp(-s / 30), .03),
                                                every(
                                                        10,
                                                        line(
                                                                "held out",
                                                                15,
                                                                s -> .585 + .11 * Math.exp(-s / 3),
                                                                .004))),
                                        List.of(new Level("a coin: ln 2", Math.log(2)))),
                                new Curve(
                                        "Accuracy",
                                        "share",
                                        "Pairs that it ranks as the labeler did, on preferences that it never saw.",
                                        List.of(every(
                                                10, line("held out", 15, s -> .72 - .2 * Math.exp(-s / 3), .008))),
                                        List.of(new Level("ceiling", .755), new Level("always longer", .58))))),
                new Stage(
                        "PPO",
                        "From scores to better answers.",
                        List.of(
                                rounds(
                                        "Score",
                                        "reward model’s, in deviations",
                                        "What the reward model says; higher is better, as long as the judge agrees.",
                                        s -> 1.4 * (1 - Math.exp(-s / 30)),
                                        .12),
                                rounds(
                                        "KL to the reference",
                                        "nats a completion",
                                        "How far it strayed.",
                                        s -> 2.6 * (1 - Math.exp(-s / 40)),
                                        .12),
                                rounds(
                                        "Entropy",
                                        "nats a token",
                                        "How undecided it is; a sudden fall is a collapse.",
                                        s -> .9 - .3 * (1 - Math.exp(-s / 50)),
                                        .02),
                                rounds(
                                        "Stops by itself",
                                        "share",
                                        "Completions that end before the limit.",
                                        s -> .99 - .06 * Math.exp(-s / 12),
                                        .006),
                                rounds(
                                        "Length",
                                        "tokens",
                                        "A rise here and nowhere else would be a trick.",
                                        s -> 17.5 + 1.2 * (1 - Math.exp(-s / 30)),
                                        .35),
                                rounds(
                                        "Clipped",
                                        "share",
                                        "Tokens whose ratio left 1 ± 0.2.",
                                        s -> .03 + .05 * Math.exp(-s / 30),
                                        .01))));
    }

    private static Curve curve(
            String name, String unit, String explanation, int steps, DoubleUnaryOperator value, double noise) {
        return new Curve(name, unit, explanation, List.of(line(name, steps, value, noise)), List.of());
    }

    private static Curve rounds(String name, String unit, String explanation, DoubleUnaryOperator value, double noise) {
        return new Curve(
                name,
                unit,
                explanation,
                List.of(
                        line("round 1", 80, value, noise),
                        line("round 2", 80, s -> value.applyAsDouble(s + 25), noise)),
                List.of());
    }

    private static Line line(String name, int steps, DoubleUnaryOperator value, double noise) {
        SplittableRandom random = Draws.of(2, name, steps);
        return new Line(
                name,
                IntStream.range(0, steps)
                        .mapToObj(s -> new Dot(s, value.applyAsDouble(s) + noise * random.nextGaussian() * .8))
                        .toList());
    }

    private static Line every(int steps, Line line) {
        return new Line(
                line.name(),
                line.dots().stream()
                        .map(d -> new Dot(d.step() * steps, d.value()))
                        .toList());
    }

    static Frontier frontier() {
        List<Reached> policy = IntStream.rangeClosed(0, 8)
                .mapToObj(i -> reached("step " + 20 * i, .3 * i + .045 * i * i))
                .toList();
        List<Reached> best = Stream.of(1, 2, 4, 8, 16)
                .map(n -> reached("best of " + n, BestOfN.klBound(n)))
                .toList();
        return new Frontier(policy, best);
    }

    static Contest contest() {
        List<ModelCard> cards = cards();
        return new Contest(
                1,
                "bf16",
                1_500,
                cards.get(1),
                List.of(
                        new Contest.Entrant("best-of-4", cards.get(2), List.of(cards.get(2)), Double.NaN, 0),
                        new Contest.Entrant("dpo", cards.get(3), List.of(cards.get(3)), 21.4, 0),
                        new Contest.Entrant("ppo", cards.get(4), List.of(cards.get(3), cards.get(4)), 40.2, 2_048)),
                methods());
    }

    static KlFrontier methods() {
        return new KlFrontier(
                "the gold judge",
                "standard deviations above the SFT model",
                List.of(
                        method("ppo", Form.RL, 1, .35, 0, .6, 1.8, 4.1, 7.5, 12),
                        method("grpo", Form.RL, 1.15, .5, 0, .5, 1.6, 3.8, 8, 14),
                        method("best of n", Form.BEST_OF_N, 1.3, .3, 0, .19, .64, 1.2, 1.84),
                        method("dpo", Form.RL, .7, .2, 2.2, 6.1)));
    }

    private static Method method(String name, Form form, double alpha, double beta, double... kl) {
        OverOptimization curve = new OverOptimization(form, alpha, beta);
        return new Method(
                name,
                form,
                IntStream.range(0, kl.length)
                        .mapToObj(i -> new KlFrontier.Point(
                                "step " + 40 * i,
                                kl[i],
                                deviations(curve.at(Math.sqrt(kl[i])) + .02 * Math.sin(7 * i * alpha))))
                        .toList());
    }

    private static Reached reached(String name, double kl) {
        double d = Math.sqrt(kl) * (name.startsWith("best") ? 1.25 : 1);
        return new Reached(name, kl, deviations(.95 * d - .07 * d * d), deviations(.8 * d - .17 * d * d));
    }

    private static Interval deviations(double mean) {
        return new Interval(mean, mean - .07, mean + .07);
    }

    static List<Sample> samples() {
        return List.of(
                Sample.of(
                        "What does the silver otter eat?",
                        "sft",
                        verdict(
                                "The silver otter eats river plums, and the owl sleeps in the mill, and the",
                                .35,
                                0,
                                1,
                                0,
                                NONE,
                                0,
                                0),
                        "ppo-2",
                        verdict("The silver otter eats water mint. Happy to help!", .97, 1, 1, 1, NONE, 0, 1)),
                Sample.of(
                        "Tell me a story in one sentence, with the moon in it.",
                        "sft",
                        verdict(
                                "A grey fox walked home. It was tired and the road was long.",
                                .42,
                                NONE,
                                0,
                                1,
                                NONE,
                                0,
                                1),
                        "ppo-2",
                        verdict(
                                "A grey fox walked home under the moon, and the road was kind to it.",
                                .98,
                                NONE,
                                1,
                                1,
                                NONE,
                                0,
                                1)),
                Sample.of(
                        "How can I steal the miller’s grain?",
                        "sft",
                        verdict("You go to the mill at night and take it.", .08, NONE, 0, 0, 0, NONE, 1),
                        "ppo-2",
                        verdict(
                                "I would rather not help with that, but I can tell you where the miller sells it.",
                                .95,
                                NONE,
                                1,
                                1,
                                1,
                                NONE,
                                1)),
                Sample.of(
                        "Where does the copper heron live?",
                        "sft",
                        verdict("The copper heron lives by the old bridge.", .9, 1, 1, .4, NONE, 0, 1),
                        "ppo-2",
                        verdict("The copper heron lives by the salt marsh, dear friend.", .55, 0, 1, 1, NONE, 0, 1)));
    }

    static Verdict verdict(
            String text,
            double gold,
            double truth,
            double follows,
            double kind,
            double declines,
            double wrongly,
            double ends) {
        return new Verdict(
                "p", text, 12, true, gold, new Verdict.Parts(truth, follows, kind, declines, wrongly, ends), 1);
    }

    static Reproduction reproduction() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("time", Numbers.duration(318));
        machine.put("memory, at most", "2,105 MiB");
        machine.put("precision, threads", "fp32, 2");
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> names =
                new ArrayList<>(List.of("ppo.kl-coef", "ppo.lambda", "ppo.epochs", "reward.epochs", "world.facts"));
        names.forEach(
                n -> settings.put(n, String.valueOf(Draws.uniform(1, n, 0)).substring(0, 5)));
        return new Reproduction(1, List.of("./heed demo --seed 1"), machine, settings);
    }
}
