package dev.heed.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import dev.heed.web.BeforeAndAfter.Asked;
import dev.heed.web.BeforeAndAfter.Wanted;
import io.javalin.http.NotFoundResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeforeAndAfterTest {
    @TempDir
    Path home;

    private RunDir answered() {
        RunDir run = RunDir.at(home, "ppo-1");
        run.begin(Map.of());
        try (RunLog log = RunLog.open(run, 0)) {
            for (int step : List.of(0, 9)) {
                log.sample(step, Map.of("prompt", "Who?", "completion", "Nobody " + step, "ended", true));
                log.sample(step, Map.of("prompt", "Why?", "completion", "Because.", "ended", false));
            }
        }
        return run;
    }

    @Test
    void asksOnceAboutWhatChangedAndLeavesAKnownPromptWhereItIs() {
        RunDir run = answered();
        try (FeedbackStore store = FeedbackStore.open(home)) {
            Prompt known = store.addPrompts(List.of(Prompt.ofText("Who?", "fact", Split.TRAIN)))
                    .get(0);
            BeforeAndAfter pairs = new BeforeAndAfter(store);
            assertThat(pairs.ask(run, new Wanted(0, 9, List.of()))).isEqualTo(new Asked(1, 1));
            assertThat(pairs.ask(run, new Wanted(0, 9, List.of(0)))).isEqualTo(new Asked(1, 0));
            assertThat(store.comparisons(1)).singleElement().satisfies(comparison -> {
                assertThat(comparison.prompt()).isEqualTo(known);
                assertThat(comparison.first().text()).isEqualTo("Nobody 0");
                assertThat(comparison.second().text()).isEqualTo("Nobody 9");
            });
        }
    }

    @Test
    void saysWhichStepsThereAre() {
        RunDir run = answered();
        try (FeedbackStore store = FeedbackStore.open(home)) {
            BeforeAndAfter pairs = new BeforeAndAfter(store);
            assertThatThrownBy(() -> pairs.ask(run, new Wanted(0, 5, List.of())))
                    .isInstanceOf(NotFoundResponse.class)
                    .hasMessage("run ppo-1 has no samples of step 5; it has some of [0, 9]");
            assertThatThrownBy(() -> pairs.ask(run, new Wanted(0, 9, List.of(0, 2))))
                    .isInstanceOf(NotFoundResponse.class)
                    .hasMessage("the run has 2 prompts, from 0; there is no 2");
            assertThat(store.comparisons(1)).isEmpty();
        }
    }
}
