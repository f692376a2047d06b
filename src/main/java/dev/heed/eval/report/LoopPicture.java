package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.eval.report.ReportData.RewardReport;
import dev.heed.eval.report.ReportData.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Once around the loop, with this run's numbers at each station. */
final class LoopPicture {
    private static final String ANSWERS = "M4 6h16v10h-9l-4 4v-4H4z M8 10h8 M8 13h5";
    private static final String LABELERS = "M3 5h7v11H3z M14 5h7v11h-7z M5 19l1.5 1.5L9 18";
    private static final String SCORES = "M4 17a8 8 0 0 1 16 0 M12 17l4-6 M4 20h16";
    private static final String LEARNS = "M4 18c4 0 5-12 8-12s3 6 8 6 M17 9l3 3-3 3";
    private static final String JUDGES = "M12 4v15 M7 20h10 M5 7h14 M5 7l-2 6h5z M19 7l-3 6h5z";

    private LoopPicture() {}

    static Optional<Section> of(ReportData data) {
        if (data.summary().preferences() == 0) {
            return Optional.empty();
        }
        List<Html> stations = new ArrayList<>();
        stations.add(station(ANSWERS, "Two models answer", "the newest, and the one that it began as", ""));
        stations.add(labelers(data.summary()));
        stations.add(rewardModel(data.reward()));
        stations.add(policy(data));
        stations.add(judge(data));
        Html picture = Html.of(
                """
                <div class="loop"><ol>{}</ol><p class="back"><span>{} around: the new model’s answers are the next question</span></p></div>""",
                stations,
                data.summary().rounds() == 1
                        ? "once"
                        : Numbers.word(data.summary().rounds()) + " times");
        return Optional.of(new Section(
                "loop",
                "Once around the loop",
                Html.of("How opinions become a better model, and what this run measured at each station."),
                List.of(picture)));
    }

    private static Html labelers(Summary summary) {
        String agreed = Double.isNaN(summary.agreement())
                ? ""
                : Numbers.percent(summary.agreement()) + " alike when asked the same";
        return station(
                LABELERS,
                "Labelers choose",
                "the better of two",
                Numbers.whole(summary.preferences()) + " preferences" + (agreed.isEmpty() ? "" : "; " + agreed));
    }

    private static Html rewardModel(@Nullable RewardReport reward) {
        String right = reward == null
                ? ""
                : "right about %s of choices it never saw"
                        .formatted(Numbers.percent(reward.measured().accuracy().mean()));
        return station(SCORES, "A reward model learns", "what they would choose", right);
    }

    private static Html policy(ReportData data) {
        String strayed = data.newest()
                .map(ModelCard::kl)
                .filter(kl -> !Double.isNaN(kl))
                .map(kl -> Numbers.plain(kl) + " nats from where it began")
                .orElse("");
        return station(LEARNS, "The policy is tuned", "to score higher, not to stray", strayed);
    }

    private static Html judge(ReportData data) {
        String won = data.newest()
                .map(ModelCard::winRateVsSft)
                .filter(i -> i.known())
                .map(i -> Numbers.percent(i.mean()) + " against the old")
                .orElse("");
        return station(JUDGES, "Held-out prompts decide", "whether it got better", won);
    }

    private static Html station(String glyph, String title, String what, String measured) {
        return Html.of(
                """
                <li><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>
                <strong>{}</strong> <span>{}</span> <small>{}</small></li>""",
                glyph,
                title,
                what,
                measured);
    }
}
