package dev.heed.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.heed.feedback.Battle;
import dev.heed.feedback.Battle.Decided;
import dev.heed.feedback.Battle.Vote;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Message;
import dev.heed.run.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Battles and votes. They lie in tables of their own, so that nothing which learns can come upon them. The journal has those
 * that are decided: a battle without a vote says nothing yet.
 */
public final class ArenaStore {
    private final Database database;
    private final Ledger ledger;

    ArenaStore(Database database, Ledger ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    private static Battle battle(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        try {
            return new Battle(
                    id,
                    List.of(Json.mapper().readValue(row.getString("prompt"), Message[].class)),
                    completion(row, "first"),
                    completion(row, "second"),
                    row.getString("person"),
                    Timestamps.read(row, "made_at"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the prompt of battle %s is damaged".formatted(id), e);
        }
    }

    private static Completion completion(ResultSet row, String side) throws SQLException {
        return new Completion(
                Escaped.read(row.getString(side + "_text")),
                row.getString(side + "_model"),
                row.getBoolean(side + "_ended"));
    }

    public void add(Battle battle) {
        database.change(handle -> insert(handle, lastRow(handle) + 1, battle));
    }

    private static long lastRow(Handle handle) {
        return handle.createQuery("select coalesce(max(row_number), 0) from battle")
                .mapTo(Long.class)
                .one();
    }

    static void insert(Handle handle, long row, Battle battle) {
        handle.createUpdate(
                        """
                        insert into battle (row_number, id, prompt, first_text, first_length, first_model, first_ended,
                                            second_text, second_length, second_model, second_ended, person, made_at)
                        values (:row, :id, :prompt,
                                :firstText, :firstLength, :firstModel, :firstEnded,
                                :secondText, :secondLength, :secondModel, :secondEnded, :person, :at)
                        """)
                .bind("row", row)
                .bind("id", battle.id())
                .bind("prompt", Json.line(battle.prompt()))
                .bind("firstText", Escaped.of(battle.first().text()))
                .bind("firstLength", length(battle.first()))
                .bind("firstModel", battle.first().model())
                .bind("firstEnded", battle.first().ended())
                .bind("secondText", Escaped.of(battle.second().text()))
                .bind("secondLength", length(battle.second()))
                .bind("secondModel", battle.second().model())
                .bind("secondEnded", battle.second().ended())
                .bind("person", battle.person())
                .bind("at", Timestamps.of(battle.at().truncatedTo(ChronoUnit.MILLIS)))
                .execute();
    }

    private static long length(Completion completion) {
        return completion.text().codePoints().count();
    }

    /** Of this person; somebody else's is not found. */
    public Optional<Battle> find(UUID id, String person) {
        return database.read(handle -> handle.createQuery("select * from battle where id = :id and person = :person")
                .bind("id", id)
                .bind("person", person)
                .map((row, context) -> battle(row))
                .findOne());
    }

    /** The last one that was made for this person, where it still waits for a vote. */
    public Optional<Battle> findOpen(String person) {
        return database.read(handle -> handle.createQuery(
                        """
                        select b.* from battle b
                        where b.row_number = (select max(row_number) from battle where person = :person)
                          and not exists (select 1 from battle_vote v where v.battle = b.row_number)
                        """)
                .bind("person", person)
                .map((row, context) -> battle(row))
                .findOne());
    }

    /**
     * Stores a vote for good; sent again, it is stored once.
     *
     * @throws Conflict if this battle has another vote already
     */
    public void vote(Battle battle, Vote vote, Instant now) {
        ledger.write((handle, written) -> {
            long row = handle.createQuery("select row_number from battle where id = :id")
                    .bind("id", battle.id())
                    .mapTo(Long.class)
                    .one();
            Optional<Entry> before = entries(handle, List.of(row)).stream().findFirst();
            before.map(entry -> Objects.requireNonNull(entry.voted()).vote())
                    .filter(other -> other != vote)
                    .ifPresent(other -> {
                        throw new Conflict("you have voted here already, and seen the names; the first vote stands");
                    });
            if (before.isEmpty()) {
                insert(handle, row, vote, now.truncatedTo(ChronoUnit.MILLIS));
            }
            return written.entries().addAll(entries(handle, List.of(row)));
        });
    }

    static void insert(Handle handle, long row, Vote vote, Instant now) {
        handle.createUpdate("insert into battle_vote (battle, vote, voted_at) values (:row, :vote, :now)")
                .bind("row", row)
                .bind("vote", vote.name())
                .bind("now", Timestamps.of(now))
                .execute();
    }

    /** Decided battles as the journal writes them, in order. */
    static List<Entry> entries(Handle handle, List<Long> rows) {
        return handle.createQuery(
                        """
                        select b.*, v.vote, v.voted_at from battle b join battle_vote v on v.battle = b.row_number
                        where b.row_number in (<rows>) order by b.row_number
                        """)
                .bindList("rows", rows)
                .map((row, context) -> Entry.of(
                        row.getLong("row_number"),
                        new Entry.Voted(
                                battle(row), Vote.valueOf(row.getString("vote")), Timestamps.read(row, "voted_at"))))
                .list();
    }

    /** How many battles are decided. */
    public long votes() {
        return database.read(handle -> handle.createQuery("select count(*) from battle_vote")
                .mapTo(Long.class)
                .one());
    }

    /** All that are decided, in the order in which they were made. */
    public List<Decided> decided() {
        return database.read(handle -> handle.createQuery(
                        """
                        select b.first_model, b.second_model, v.vote, b.first_length, b.second_length
                        from battle b join battle_vote v on v.battle = b.row_number
                        order by b.row_number
                        """)
                .map((row, context) -> new Decided(
                        row.getString("first_model"),
                        row.getString("second_model"),
                        Vote.valueOf(row.getString("vote")),
                        row.getLong("first_length"),
                        row.getLong("second_length")))
                .list());
    }
}
