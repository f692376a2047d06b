package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.eval.DemoResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.report.Report;
import dev.heed.quality.Interval;
import dev.heed.run.Json;
import dev.heed.run.ProcessUse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the loop went, as it is told to people in a terminal, to programs as JSON, and in report.html. */
record Story(@JsonValue DemoResult result, Path report) implements Shown {

    /** Writes report.html and result.json into the home. */
    static Story tell(Context context, Stages stages, Loop.Config config, Outcome outcome) {
        DemoResult result = outcome.result(
                context.seed(),
                ProcessUse.seconds(),
                ProcessUse.peakRssMb(),
                stages.torch().precision().name().toLowerCase(Locale.ROOT));
        Path report = context.home().resolve("report.html");
        Report.write(report, new Telling(context.settings(), config, outcome, result).data());
        Json.write(context.home().resolve("result.json"), result);
        return new Story(result, report);
    }

    @Override
    public String text() {
        String rows = result.models().stream().map(Story::row).collect(Collectors.joining("\n"));
        return """

                %-10s %6s  %-14s %6s %7s %8s %9s %6s %6s %6s
                %s

                reward model: accuracy %.2f of at most %.2f, on new facts %.2f of %.2f; labelers agree on %.0f %% of what two were asked
                %.0f s, %d MB at most; the report: %s"""
                .formatted(
                        "model",
                        "gold",
                        "wins over sft",
                        "truth",
                        "follows",
                        "declines",
                        "wrongly",
                        "KL",
                        "b/byte",
                        "ends",
                        rows,
                        result.rewardModel().accuracy(),
                        result.rewardModel().ceiling(),
                        result.rewardModel().accuracyNewFacts(),
                        result.rewardModel().ceilingNewFacts(),
                        100 * result.labels().agreement(),
                        result.seconds(),
                        result.peakRssMb(),
                        report);
    }

    private static String row(ModelCard card) {
        Interval wins = card.winRateVsSft();
        return String.format(
                Locale.ROOT,
                "%-10s %6.3f  %2.0f %% (%2.0f–%2.0f)   %5.0f%% %6.0f%% %7.0f%% %8.0f%% %6.1f %6.3f %5.0f%%",
                card.name(),
                card.gold().mean(),
                100 * wins.mean(),
                100 * wins.low(),
                100 * wins.high(),
                100 * card.truth().mean(),
                100 * card.follows().mean(),
                100 * card.declines().mean(),
                100 * card.wronglyDeclines().mean(),
                card.kl(),
                card.bitsPerByte(),
                100 * card.eosRate());
    }
}
