package dev.heed.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Adjudication;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Judgement;
import dev.heed.feedback.Known;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Homes that an older Heed made. */
class MigrationTest {
    private static final String BEFORE_COUNTS_WERE_OF_CAMPAIGNS = "11";
    private static final String BEFORE_OTHERS_THAN_PAIRS_WERE_DECIDED = "13";
    private static final String COMPARISON =
            """
            insert into comparison (id, round, prompt, first_text, first_model, first_ended, second_text, second_model,
                second_ended, urgency, content, answers, campaign, disputed, original, repeat_for)
            values (%d, 1, 'p', 'a', 'sft', true, 'b', 'ppo', true, 0, 'content %d', %d, %d, %s, %s, %s)
            """;
    private static final String PREFERENCE =
            """
            insert into preference (row_number, id, comparison, labeler, answer, second_on_left, shown_ms, answered_at,
                replaces, revision)
            values (%d, '00000000-0000-0000-0000-00000000000%d', %d, '%s', '%s', true, 900,
                timestamp with time zone '2026-11-25 10:00:00+00', %s, %d)
            """;

    @ParameterizedTest
    @EnumSource
    void countsAreMadeAnewByCampaign(Storage storage, @TempDir Path home) {
        String db = storage.newDatabase();
        Database.fill(home, db, BEFORE_COUNTS_WERE_OF_CAMPAIGNS, handle -> {
            handle.execute(
                    "insert into prompt values (1, 'p', '[{\"role\": \"user\", \"content\": \"?\"}]', '', 'TRAIN')");
            handle.execute(COMPARISON.formatted(1, 1, 2, 1, true, "null", "null"));
            handle.execute(COMPARISON.formatted(2, 2, 1, 1, false, "null", "null"));
            handle.execute(COMPARISON.formatted(3, 3, 0, 1, false, "null", "null"));
            handle.execute(COMPARISON.formatted(4, 4, 0, 2, false, "null", "null"));
            handle.execute(COMPARISON.formatted(5, 5, 1, 1, false, "2", "'ann'"));
            String first = "'00000000-0000-0000-0000-000000000003'";
            handle.execute(PREFERENCE.formatted(1, 1, 1, "ann", "FIRST", "null", 0));
            handle.execute(PREFERENCE.formatted(2, 2, 1, "bob", "SECOND", "null", 0));
            handle.execute(PREFERENCE.formatted(3, 3, 2, "ann", "FIRST", "null", 0));
            handle.execute(PREFERENCE.formatted(4, 4, 2, "ann", "TIE", first, 1));
            handle.execute(PREFERENCE.formatted(5, 5, 5, "ann", "TIE", "null", 0));
            handle.execute(PREFERENCE.formatted(6, 6, 3, "ann", "SKIP", "null", 0));
            return true;
        });
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            Plan plan = new Plan(2, 3, 0, 0, 0, 0, 0, List.of());
            Campaign loop = new Campaign(1, "The loop", true, plan, 0);
            assertThat(store.campaigns().progress(loop)).isEqualTo(new CampaignStore.Progress(3, 0, 1, 0, 3));
            assertThat(store.campaigns().progress(new Campaign(2, "Other", true, plan, 0)))
                    .isEqualTo(new CampaignStore.Progress(1, 0, 0, 0, 0));
            assertThat(store.remaining("ann", loop)).isZero();
            assertThat(store.remaining("bob", loop)).isEqualTo(2);
            assertThat(store.remaining("eve", 2)).as("of all campaigns").isEqualTo(3);
            assertThat(store.tally().comparisons()).isEqualTo(4);
            assertThat(store.tally().byLabeler()).containsEntry("ann", 4L).containsEntry("bob", 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasDecidedAndKnownOfPairsStillHolds(Storage storage, @TempDir Path home) {
        String db = storage.newDatabase();
        Database.fill(home, db, BEFORE_OTHERS_THAN_PAIRS_WERE_DECIDED, handle -> {
            handle.execute(
                    "insert into prompt values (1, 'p', '[{\"role\": \"user\", \"content\": \"?\"}]', '', 'TRAIN')");
            handle.execute(COMPARISON.formatted(1, 1, 0, 1, false, "null", "null"));
            handle.execute(
                    "insert into gold values (1, 'FIRST', 'lea', timestamp with time zone '2026-11-25 10:00:00+00')");
            handle.execute(
                    "insert into adjudication values (1, '00000000-0000-0000-0000-000000000001', 1, 'SECOND', 'lea', timestamp with time zone '2026-11-25 10:00:00+00')");
            return true;
        });
        try (FeedbackStore store = FeedbackStore.open(home, db)) {
            assertThat(store.gold()).containsExactly(new Known(1, Answer.FIRST));
            assertThat(store.adjudications())
                    .extracting(Adjudication::judgement)
                    .containsExactly(Optional.of(new Judgement(Answer.SECOND, null)));
            assertThat(store.pairs()).extracting(Pair::chosen).containsExactly("b");
        }
    }
}
