package dev.heed.eval.report;

import dev.heed.eval.Contest;
import dev.heed.eval.Contest.Entrant;
import dev.heed.eval.ModelCard;
import dev.heed.quality.Interval;
import dev.heed.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Methods side by side as one HTML file: score over distance from the start, and a table. */
public final class ContestPage {
    private ContestPage() {}

    /** Writes the page, whole or not at all. */
    public static void write(Path file, Contest contest) {
        Json.replace(file, page(contest).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    static String page(Contest contest) {
        return Report.page(
                "Methods compared",
                Html.of(
                        "<header><h1>Which method is best for these preferences?</h1><p class=\"lead\">{}</p></header>",
                        answer(contest)),
                Stream.concat(MethodsSection.of(contest.frontier()).stream(), Stream.of(table(contest)))
                        .toList());
    }

    private static String answer(Contest contest) {
        Entrant best = contest.entrants().stream()
                .max((a, b) -> Double.compare(
                        a.all().winRateVsSft().mean(), b.all().winRateVsSft().mean()))
                .orElseThrow();
        return "%s wins most often over the model that all began with: %s. All learned from the same preferences, %,d of them, and answered the same held-out prompts."
                .formatted(best.method(), share(best.all().winRateVsSft()), contest.preferences());
    }

    private static Section table(Contest contest) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("start", contest.baseline(), "", ""));
        for (Entrant entrant : contest.entrants()) {
            String seconds = entrant.seconds() > 0 ? Numbers.whole(entrant.seconds()) : "";
            rows.add(
                    row(entrant.method(), entrant.all(), seconds, entrant.sampled() > 0 ? "" + entrant.sampled() : ""));
        }
        List<String> columns = List.of(
                "Method",
                "Gold",
                "Wins over the start",
                "At equal length",
                "True",
                "Does what was asked",
                "Declines what it should",
                "KL, nats",
                "Bits a byte",
                "Distinct-2",
                "Tokens",
                "Seconds",
                "Sampled");
        return new Section(
                "table",
                "In numbers",
                Html.of("In brackets 95 % intervals over prompts, all seeds together."),
                List.of(Html.of("<div class=\"card wide\">{}</div>", Figure.table("Methods compared", columns, rows))));
    }

    private static List<String> row(String name, ModelCard card, String seconds, String sampled) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%.3f", card.gold().mean()),
                name.equals("start") ? "" : share(card.winRateVsSft()),
                name.equals("start") ? "" : share(card.lengthControlledWinRate()),
                Numbers.percent(card.truth().mean()),
                Numbers.percent(card.follows().mean()),
                Numbers.percent(card.declines().mean()),
                Numbers.decimals(card.kl(), 2),
                Numbers.decimals(card.bitsPerByte(), 3),
                Numbers.decimals(card.distinct2(), 3),
                Numbers.decimals(card.length(), 1),
                seconds,
                sampled);
    }

    private static String share(Interval share) {
        return String.format(
                Locale.ROOT, "%.0f %% (%.0f–%.0f)", 100 * share.mean(), 100 * share.low(), 100 * share.high());
    }
}
