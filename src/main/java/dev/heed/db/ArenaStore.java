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
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Battles and votes. They lie in tables of their own, so that nothing which learns can come upon them; backups have them, the
 * journal, which is for what is learned from, has not.
 */
public final class ArenaStore {
    private final Database database;

    ArenaStore(Database database) {
        this.database = database;
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
        database.change(handle -> handle.createUpdate(
                        """
                        insert into battle (row_number, id, prompt, first_text, first_length, first_model, first_ended,
                                            second_text, second_length, second_model, second_ended, person, made_at)
                        values ((select coalesce(max(row_number), 0) + 1 from battle), :id, :prompt,
                                :firstText, :firstLength, :firstModel, :firstEnded,
                                :secondText, :secondLength, :secondModel, :secondEnded, :person, :at)
                        """)
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
                .execute());
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
        database.change(handle -> {
            Optional<Vote> before = findVote(handle, battle.id());
            before.filter(other -> other != vote).ifPresent(other -> {
                throw new Conflict("you have voted here already, and seen the names; the first vote stands");
            });
            if (before.isEmpty()) {
                insert(handle, battle.id(), vote, now);
            }
        });
    }

    private static Optional<Vote> findVote(Handle handle, UUID battle) {
        return handle.createQuery(
                        "select v.vote from battle_vote v join battle b on b.row_number = v.battle where b.id = :id")
                .bind("id", battle)
                .map((row, context) -> Vote.valueOf(row.getString("vote")))
                .findOne();
    }

    private static void insert(Handle handle, UUID battle, Vote vote, Instant now) {
        handle.createUpdate(
                        """
                        insert into battle_vote (battle, vote, voted_at)
                        values ((select row_number from battle where id = :id), :vote, :now)
                        """)
                .bind("id", battle)
                .bind("vote", vote.name())
                .bind("now", Timestamps.of(now))
                .execute();
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
