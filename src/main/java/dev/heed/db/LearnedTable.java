package dev.heed.db;

import dev.heed.feedback.Answer;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Prompt;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** Preferences as training and exports read them, in SQL: without skips, without one too many, without who is left out. */
final class LearnedTable {
    private static final int CHUNK = 500; // comparisons read at once
    static final int GROUP_LENGTH = 16; // hex digits

    private LearnedTable() {}

    /**
     * As {@link PreferenceTable#current}, those that teach something, by comparison. Where a lead has decided, that decision alone.
     *
     * @param after comparisons up to this one are left out
     * @param until the last comparison that is looked at
     */
    static List<Pair> pairs(Handle handle, long after, long until, long last) {
        return handle
                .createQuery(
                        """
                        select said.answer, said.labeler, said.grades, c.first_text, c.second_text, c.more, c.id, c.content,
                               p.id as prompt_id, p.messages, p.kind, p.split
                        from (
                            select g.comparison, g.row_number, g.answer, g.labeler, g.grades from preference g
                            where g.comparison > :after and g.comparison <= :until and g.row_number + 0 <= :last -- or H2 reads all rows
                            and not g.extra
                            and not exists (select 1 from excluded e where e.labeler = g.labeler)
                            and not exists (select 1 from adjudicated a where a.comparison = g.comparison)
                            and not exists (
                                select 1 from preference later
                                where later.replaces = g.id and later.row_number <= :last)
                            union all
                            select a.comparison, a.row_number, a.answer, a.decided_by, a.grades from adjudicated a
                            where a.comparison > :after and a.comparison <= :until) said
                        join comparison c on c.id = said.comparison join prompt p on p.id = c.prompt
                        where said.answer not in ('SKIP', 'BOTH_BAD', 'RATED') and c.original is null
                        order by said.comparison, said.row_number
                        """)
                .bind("after", after)
                .bind("until", until)
                .bind("last", last)
                .map((row, context) -> pairs(row))
                .list()
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private static List<Pair> pairs(ResultSet row) throws SQLException {
        Prompt prompt = PromptTable.map(row);
        List<String> texts = texts(row);
        Grades grades = PreferenceTable.grades(row.getString("grades"));
        String labeler = row.getString("labeler");
        return grades == null
                ? List.of(pair(prompt, texts, Answer.valueOf(row.getString("answer")), labeler))
                : ranked(prompt, texts, grades, labeler, group(row));
    }

    private static List<String> texts(ResultSet row) throws SQLException {
        List<String> texts = new ArrayList<>();
        texts.add(Escaped.read(row.getString("first_text")));
        texts.add(Escaped.read(row.getString("second_text")));
        ComparisonTable.more(row).forEach(completion -> texts.add(completion.text()));
        return texts;
    }

    /** What all that is said to one comparison has in common, the same in every database. */
    private static String group(ResultSet row) throws SQLException {
        return row.getString("content").substring(0, GROUP_LENGTH);
    }

    /** Every two of a ranking's completions. Deviation from Ouyang et al. 2022, section C.2: ties are kept, as of pairs. */
    private static List<Pair> ranked(Prompt prompt, List<String> texts, Grades grades, String labeler, String group) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            for (int j = i + 1; j < texts.size(); j++) {
                int above = grades.above(i, j);
                pairs.add(new Pair(
                        prompt,
                        texts.get(above < 0 ? j : i),
                        texts.get(above < 0 ? i : j),
                        above == 0 ? 0 : Answer.FIRST.strength(),
                        labeler,
                        group));
            }
        }
        return pairs;
    }

    /** Tells all pairs of the table up to a row, a chunk of comparisons at a time. */
    static void eachPair(Handle handle, long last, Consumer<Pair> reader) {
        long lastComparison = ComparisonTable.lastId(handle);
        for (long after = 0; after < lastComparison; after += CHUNK) {
            pairs(handle, after, after + CHUNK, last).forEach(reader);
        }
    }

    private static Pair pair(Prompt prompt, List<String> texts, Answer answer, String labeler) {
        int strength = answer.strength();
        return strength < 0
                ? new Pair(prompt, texts.get(1), texts.get(0), -strength, labeler)
                : new Pair(prompt, texts.get(0), texts.get(1), strength, labeler);
    }
}
