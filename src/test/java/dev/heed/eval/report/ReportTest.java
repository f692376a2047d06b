package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.eval.ModelCard;
import dev.heed.eval.report.ReportData.Chip;
import dev.heed.eval.report.ReportData.Judge;
import dev.heed.eval.report.ReportData.Reproduction;
import dev.heed.eval.report.ReportData.Sample;
import dev.heed.eval.report.ReportData.Side;
import dev.heed.eval.report.ReportData.Summary;
import dev.heed.quality.Interval;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportTest {
    private static final String PAYLOAD =
            "</blockquote><script>alert(1)</script><img src=x onerror=alert(2)>\" ' & \u0000\u202E";

    @Test
    void asksNothingOfTheNetworkAndRunsNoScript() throws Exception {
        Path file = Path.of("target/example/report.html"); // stays there to be looked at
        Report.write(file, Invented.whole());
        assertThat(Files.readString(file))
                .doesNotContainPattern("(?i)<script|<link|<img|<iframe|<[^>]*\\son\\w+\\s*=")
                .doesNotContain("http://", "https://", "url(", "@import", "src=");
    }

    @Test
    void showsEachPart() {
        assertThat(sections(Invented.whole()))
                .containsExactly("loop", "samples", "models", "price", "reward", "frontier", "training", "again");
    }

    @Test
    void leavesOutWhatIsMissing() {
        assertThat(sections(Invented.nothingYet())).containsExactly("again");
        assertThat(Report.page(Invented.nothingYet()))
                .contains("Nothing to compare yet.")
                .doesNotContain("held-out");
    }

    @Test
    void saysWithItsIntervalHowOftenTheNewAnswersAreBetter() {
        assertThat(headline(new Interval(.78, .74, .82)))
                .isEqualTo(
                        "After two rounds and 2,400 preferences, the gold judge prefers the new answers 78 % (74–82) of the time.");
    }

    @Test
    void claimsNoDifferenceThatTheIntervalDoesNotShow() {
        assertThat(headline(new Interval(.53, .48, .58))).contains("cannot tell");
        assertThat(headline(new Interval(.3, .26, .34))).startsWith("It got worse");
    }

    @Test
    void namesWhatGotWorse() {
        List<ModelCard> cards = Invented.cards();
        Summary fromBest = new Summary(1, 9, Double.NaN, 3, "ppo-2", Invented.JUDGE);
        String price = price(with(fromBest, List.of(cards.get(4), cards.get(1)), List.of()));
        assertThat(price)
                .contains("this got worse: wins against the baseline")
                .contains("judge's score (0.55 (0.53–0.57), was 0.78 (0.76–0.80))");
        assertThat(price(Invented.whole())).contains("none got worse by more than chance explains");
    }

    @Test
    void foreignTextStaysText() throws Exception {
        Side side = new Side(PAYLOAD, PAYLOAD, 1, List.of(new Chip(PAYLOAD, true)));
        Summary summary = new Summary(1, 2, .5, 3, "sft", new Judge(PAYLOAD, PAYLOAD));
        ReportData data = new ReportData(
                PAYLOAD,
                summary,
                Invented.cards(),
                List.of(new ReportData.Stage(
                        PAYLOAD,
                        PAYLOAD,
                        List.of(ReportData.Curve.of(PAYLOAD, PAYLOAD, PAYLOAD, List.of(new ReportData.Dot(1, 2)))))),
                Invented.frontier(),
                null,
                List.of(new Sample(PAYLOAD, side, side)),
                new Reproduction(1, List.of(PAYLOAD), Map.of(PAYLOAD, PAYLOAD), Map.of(PAYLOAD, PAYLOAD)));
        String page = Report.page(data);
        assertThat(page).doesNotContain("<script", "<img", "\u0000").contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        parse(page);
    }

    @Test
    void isWellFormed() throws Exception {
        parse(Report.page(Invented.whole()));
        parse(Report.page(Invented.nothingYet()));
    }

    @Test
    void sameDataSamePage() {
        assertThat(Report.page(Invented.whole())).isEqualTo(Report.page(Invented.whole()));
    }

    /** Read as XML, in which any unbalanced tag or stray quote is an error. */
    private static void parse(String page) throws Exception {
        String xml = page.replace("<!doctype html>", "")
                .replaceAll("<meta ([^>]*)>", "<meta $1/>")
                .replaceAll("(?s)<style>.*?</style>", "");
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static ReportData with(Summary summary, List<ModelCard> cards, List<Sample> samples) {
        return new ReportData("test", summary, cards, List.of(), null, null, samples, Invented.reproduction());
    }

    private static String headline(Interval won) {
        ModelCard sft = Invented.cards().get(1);
        ModelCard last = Invented.cards().get(4);
        ModelCard newest = new ModelCard(
                "ppo-2",
                last.gold(),
                won,
                won,
                last.truth(),
                last.follows(),
                last.kind(),
                last.declines(),
                last.wronglyDeclines(),
                last.ends(),
                1,
                1,
                1,
                1,
                1,
                Map.of());
        String markup = Opening.headline(with(Invented.SUMMARY, List.of(sft, newest), List.of()))
                .markup();
        return markup.replaceAll("<[^>]*>", "").replace('\u00A0', ' ');
    }

    private static String price(ReportData data) {
        Html lead = Price.of(data).orElseThrow().lead();
        return lead.markup().replace('\u00A0', ' ').replace("&#39;", "'");
    }

    private static List<String> sections(ReportData data) {
        return Pattern.compile("<section id=\"(\\w+)\"")
                .matcher(Report.page(data))
                .results()
                .map(m -> m.group(1))
                .toList();
    }
}
