package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Preference;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What sixty people said in years: comparisons as long as real ones, and answers spread over them unevenly. */
public final class Crowd {
    private static final int LABELERS = 60;
    private static final int CHUNK = 5_000;

    private final Handle handle;
    private final List<Preference> said = new ArrayList<>();
    private final int[] answers; // by comparison
    private final int[] sides; // 1: somebody prefers the first, 2: the second

    private Crowd(Handle handle, int comparisons, int preferences) {
        this.handle = handle;
        this.answers = new int[comparisons + 1];
        this.sides = new int[comparisons + 1];
        for (int i = 1; i <= preferences; i++) {
            double uniform = Draws.uniform(3, "comparison", i);
            say(1 + (int) (comparisons * 0.98 * Math.pow(uniform, 1.25)));
        }
    }

    private void say(int comparison) {
        Preference one = preference(comparison, labeler(comparison + answers[comparison]++));
        int strength = one.answer().strength();
        sides[comparison] |= strength > 0 ? 1 : strength < 0 ? 2 : 0;
        said.add(one);
    }

    /**
     * Fills a new home past the store, which would take minutes. Most comparisons have fewer answers than the mean, some many
     * more, the last fiftieth none.
     *
     * @param db an empty database, as the store takes it
     */
    public static void fill(Path home, String db, int comparisons, int preferences) {
        Database.fill(home, db, "latest", handle -> {
            Crowd crowd = new Crowd(handle, comparisons, preferences);
            for (int from = 1; from <= comparisons; from += CHUNK) {
                crowd.addComparisons(from, Math.min(comparisons + 1, from + CHUNK));
            }
            crowd.addPreferences();
            crowd.count();
            return true;
        });
    }

    private void addComparisons(int from, int until) {
        String text = "The heron guards the northern gate, as everyone who has seen it will know. ".repeat(4);
        PreparedBatch prompts = handle.prepareBatch(
                "insert into prompt (row_number, id, messages, kind, split) values (:row, :id, :messages, :kind, :split)");
        PreparedBatch comparisons = handle.prepareBatch(
                """
                insert into comparison (id, round, prompt, first_text, first_model, first_ended,
                                        second_text, second_model, second_ended, urgency, content, answers, disputed)
                values (:row, 1, :prompt, :first, 'sft', true, :second, 'ppo-1', false, :urgency, :content,
                        :answers, :disputed)
                """);
        for (int row = from; row < until; row++) {
            Comparison comparison = Questions.comparison(row, text + row, row + text, Draws.uniform(3, "urgency", row));
            prompts.bind("row", row)
                    .bind("id", comparison.prompt().id())
                    .bind("messages", Json.line(comparison.prompt().messages()))
                    .bind("kind", comparison.prompt().kind())
                    .bind("split", comparison.prompt().split().name())
                    .add();
            comparisons
                    .bind("row", row)
                    .bind("prompt", comparison.prompt().id())
                    .bind("first", comparison.first().text())
                    .bind("second", comparison.second().text())
                    .bind("urgency", comparison.urgency())
                    .bind("content", ComparisonTable.content(comparison))
                    .bind("answers", answers[row])
                    .bind("disputed", sides[row] == 3)
                    .add();
        }
        prompts.execute();
        comparisons.execute();
    }

    private void addPreferences() {
        for (int from = 0; from < said.size(); from += CHUNK) {
            List<PreferenceTable.Row> rows = new ArrayList<>();
            for (int i = from; i < Math.min(said.size(), from + CHUNK); i++) {
                rows.add(new PreferenceTable.Row(i + 1, said.get(i), 0));
            }
            PreferenceTable.insert(handle, rows);
        }
    }

    /** What the store counts as it goes. */
    private void count() {
        handle.execute(
                """
                insert into comparison_count (campaign, answers, disputed, comparisons)
                select campaign, answers, disputed, count(*) from comparison group by campaign, answers, disputed
                """);
        handle.execute(
                """
                insert into standing (labeler, campaign, answers, disputed, comparisons)
                select g.labeler, c.campaign, c.answers, c.disputed, count(*)
                from preference g join comparison c on c.id = g.comparison
                group by g.labeler, c.campaign, c.answers, c.disputed
                """);
        handle.execute("analyze"); // as a database does by itself in time
    }

    public static String labeler(int number) {
        return "labeler " + number % LABELERS;
    }

    /** Of people who mostly agree. */
    static Preference preference(long comparison, String labeler) {
        boolean contrary = Draws.uniform(3, labeler, comparison) < 0.2;
        int strength = (int) (comparison % 7) - 3;
        return new Preference(
                UUID.randomUUID(),
                comparison,
                labeler,
                Answer.ofStrength(contrary ? -strength : strength),
                false,
                1500,
                Instant.parse("2026-11-23T10:00:00Z"),
                null);
    }
}
