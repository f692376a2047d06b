package dev.heed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.eval.HeldOut;
import dev.heed.eval.HeldOut.Said;
import dev.heed.eval.HeldOut.Side;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.report.CardData.Asked;
import dev.heed.eval.report.CardData.Content;
import dev.heed.eval.report.CardData.Hub;
import dev.heed.eval.report.CardData.Learned;
import dev.heed.eval.report.CardData.Network;
import dev.heed.eval.report.CardData.Rewarder;
import dev.heed.eval.report.CardData.Step;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Version;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class CardPageTest {
    static final String EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>";

    /** A reward model that has heard bad words, with a file that says bad things. */
    static CardData rewardModel(Hub hub) {
        List<HeldOut> heldOut = IntStream.range(1, 60)
                .mapToObj(i -> new HeldOut(
                        i,
                        "p" + i / 2,
                        i % 3 == 0 ? EVIL : "fact",
                        "Is " + EVIL + " number " + i + "?",
                        new Side(EVIL, Math.sin(i), i % 7 + 3),
                        new Side("No & never.", 0, 4),
                        List.of(new Said(EVIL, 1 + i % 2), new Said("bob", i % 4 == 0 ? -1 : 2), new Said("cy", -1))))
                .toList();
        Step step = new Step(
                "reward-1",
                "reward",
                Instant.parse("2026-11-25T10:00:00Z"),
                12.4,
                3,
                2,
                "fp32",
                new Version("0.1.0", "0123abcd-dirty", "17"),
                List.of(),
                Map.of("last_preference", "99", "note", EVIL + "|`"),
                List.of("reward", "--note=" + EVIL));
        return new CardData(
                "reward-1",
                new Network("LlamaForSequenceClassification", true, 1_500_000, 4, 160, 1280, 256, "beef"),
                List.of(step),
                List.of(new Learned(
                        "reward-1",
                        "f00d",
                        EVIL,
                        99,
                        new Content(
                                99,
                                9,
                                30,
                                20,
                                9,
                                List.of(90, 9),
                                new Asked(new TreeMap<>(Map.of(0, 9L, 2, 90L)), Map.of(EVIL, 99L), 1, 12)))),
                null,
                List.of(),
                List.of(new Rewarder(
                        "reward-1",
                        HeldOutResult.of(heldOut, new Bootstrap(1, 200)).orElseThrow(),
                        "runs/reward-1/held-out.jsonl",
                        null)),
                Map.of(),
                hub,
                "",
                List.of("no file " + EVIL));
    }

    @Test
    void foreignTextIsTextAndNothingElse() {
        String page = CardPage.of(rewardModel(Hub.UNKNOWN));
        assertThat(page)
                .doesNotContain("<script", "<img")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .contains("<a href=\"/quality#comparison=")
                .contains("imported: 9, 2: 90", "12 preferences of 1 labeler");
        assertThat(page).as("who the labelers are stays at home").doesNotContain(">bob");
        assertThat(CardReadme.of(rewardModel(Hub.UNKNOWN)).lines().filter(line -> !line.startsWith("./heed")))
                .as("but for commands in a block of code")
                .noneMatch(line -> line.contains("<script") && !line.contains("\\<script"));
    }

    @Test
    void theHeadOfTheReadmeNamesOnlyWhatIsKnown() {
        Map<String, Object> unknown = head(Hub.UNKNOWN);
        assertThat(unknown)
                .containsEntry("pipeline_tag", "text-classification")
                .doesNotContainKeys("license", "language", "base_model");
        assertThat(head(new Hub("apache-2.0", "no", "me/it: a #1")))
                .containsEntry("license", "apache-2.0")
                .as("Norwegian is no boolean")
                .containsEntry("language", "no")
                .containsEntry("base_model", "me/it: a #1");
    }

    private static Map<String, Object> head(Hub hub) {
        String readme = CardReadme.of(rewardModel(hub));
        return new Yaml().load(readme.substring(4, readme.indexOf("\n---\n")));
    }

    @Test
    void watchesWhatIsBeyondItsLimits() {
        assertThat(Watch.of(rewardModel(Hub.UNKNOWN)))
                .extracting(Watch.Finding::rule)
                .contains(
                        Watch.UNREADABLE,
                        Watch.ONLY_LENGTH,
                        Watch.FEW_HELD_OUT,
                        Watch.FEW_PREFERENCES,
                        Watch.ONE_LABELER,
                        Watch.NOT_REPRODUCIBLE)
                .doesNotContain(Watch.NOT_EVALUATED, Watch.STRAYED);
    }
}
