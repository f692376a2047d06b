package dev.heed.db;

import dev.heed.feedback.Person;
import dev.heed.feedback.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * People, and the secrets they prove themselves with. A secret comes in as its SHA-256, a password as its argon2id: what
 * lies here lets nobody in.
 */
public final class PeopleStore {
    private static final String PERSON = "select p.id, p.name, p.role, p.active, p.created_at from person p ";

    private final Database database;

    PeopleStore(Database database) {
        this.database = database;
    }

    /** A person with the hash of their password; empty where they have none. */
    public record Account(Person person, Optional<String> password) {}

    /**
     * What lets a new person in.
     *
     * @param id first digits of the secret's hash
     */
    public record Invitation(String id, Role role, String invitedBy, Instant expiresAt) {}

    /**
     * A token's entry: the token itself is not known here.
     *
     * @param usedAt null before it is used for the first time
     */
    public record ApiToken(long id, String person, String name, Instant createdAt, @Nullable Instant usedAt) {}

    /** Something that was done, for those who must answer for it. */
    public record Act(Instant at, String who, String peer, String what, String details) {}

    private static Person person(ResultSet row) throws SQLException {
        return new Person(
                row.getLong("id"),
                row.getString("name"),
                Role.valueOf(row.getString("role")),
                row.getBoolean("active"),
                Timestamps.read(row, "created_at"));
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** By name. */
    public List<Person> all() {
        return database.read(handle -> handle.createQuery(PERSON + "order by p.name_key")
                .map((row, context) -> person(row))
                .list());
    }

    public Optional<Person> find(long id) {
        return database.read(handle -> handle.createQuery(PERSON + "where p.id = :id")
                .bind("id", id)
                .map((row, context) -> person(row))
                .findOne());
    }

    /** Whatever the name's case. */
    public Optional<Account> findAccount(String name) {
        return database.read(handle -> handle.createQuery(
                        "select p.id, p.name, p.role, p.active, p.created_at, p.password from person p where p.name_key = :key")
                .bind("key", key(name))
                .map((row, context) -> new Account(person(row), Optional.ofNullable(row.getString("password"))))
                .findOne());
    }

    public boolean isEmpty() {
        return database.read(handle -> handle.createQuery("select count(*) from person")
                        .mapTo(Long.class)
                        .one())
                == 0;
    }

    /**
     * @param password its hash; null for someone who signs in without
     * @throws Conflict if the name is taken
     */
    public Person add(String name, Role role, @Nullable String password, Instant now) {
        return database.write(handle -> insert(handle, name, role, password, now));
    }

    private static Person insert(Handle handle, String name, Role role, @Nullable String password, Instant now) {
        long taken = handle.createQuery("select count(*) from person where name_key = :key")
                .bind("key", key(name))
                .mapTo(Long.class)
                .one();
        if (taken > 0) {
            throw new Conflict("the name %s is taken; choose another".formatted(name));
        }
        long id = next(handle, "select coalesce(max(id), 0) + 1 from person");
        handle.createUpdate(
                        """
                        insert into person (id, name, name_key, role, password, active, created_at)
                        values (:id, :name, :key, :role, :password, true, :now)
                        """)
                .bind("id", id)
                .bind("name", name)
                .bind("key", key(name))
                .bind("role", role.name())
                .bind("password", password)
                .bind("now", Timestamps.of(now))
                .execute();
        return new Person(id, name, role, true, now);
    }

    private static long next(Handle handle, String query) {
        return handle.createQuery(query).mapTo(Long.class).one();
    }

    /** Ends all sessions of the person but one. */
    public void setPassword(long person, String password, String exceptSecret) {
        database.change(handle -> {
            handle.createUpdate("update person set password = :password where id = :id")
                    .bind("password", password)
                    .bind("id", person)
                    .execute();
            handle.createUpdate("delete from session where person = :id and secret <> :except")
                    .bind("id", person)
                    .bind("except", exceptSecret)
                    .execute();
        });
    }

    /**
     * Gives a role, or shuts out; who is shut out loses sessions and tokens.
     *
     * @throws IllegalArgumentException if no active admin would be left
     */
    public void set(long person, Role role, boolean active) {
        database.change(handle -> {
            handle.createUpdate("update person set role = :role, active = :active where id = :id")
                    .bind("role", role.name())
                    .bind("active", active)
                    .bind("id", person)
                    .execute();
            if (next(handle, "select count(*) from person where role = 'ADMIN' and active") == 0) {
                throw new IllegalArgumentException("someone must remain admin; make another one first");
            }
            if (!active) {
                handle.createUpdate("delete from session where person = :id")
                        .bind("id", person)
                        .execute();
                handle.createUpdate("delete from api_token where person = :id")
                        .bind("id", person)
                        .execute();
            }
        });
    }

    public void invite(String secret, Role role, String invitedBy, Instant now, Instant expiresAt) {
        database.change(handle -> handle.createUpdate(
                        """
                        insert into invitation (secret, role, invited_by, created_at, expires_at)
                        values (:secret, :role, :by, :now, :expires)
                        """)
                .bind("secret", secret)
                .bind("role", role.name())
                .bind("by", invitedBy)
                .bind("now", Timestamps.of(now))
                .bind("expires", Timestamps.of(expiresAt))
                .execute());
    }

    /** Those that can still be used. */
    public List<Invitation> invitations(Instant now) {
        return database.read(handle -> handle.createQuery(
                        "select * from invitation where used_by is null and expires_at > :now order by created_at")
                .bind("now", Timestamps.of(now))
                .map((row, context) -> new Invitation(
                        row.getString("secret").substring(0, 16),
                        Role.valueOf(row.getString("role")),
                        row.getString("invited_by"),
                        Timestamps.read(row, "expires_at")))
                .list());
    }

    /** @param id as an {@link Invitation} has it */
    public void withdraw(String id) {
        database.change(handle -> handle.createUpdate(
                        "delete from invitation where used_by is null and substring(secret from 1 for 16) = :id")
                .bind("id", id)
                .execute());
    }

    /** The role that an invitation gives; empty where it is unknown, used or too old. */
    public Optional<Role> roleOf(String secret, Instant now) {
        return database.read(handle -> roleOf(handle, secret, now));
    }

    private static Optional<Role> roleOf(Handle handle, String secret, Instant now) {
        return handle.createQuery(
                        "select role from invitation where secret = :secret and used_by is null and expires_at > :now")
                .bind("secret", secret)
                .bind("now", Timestamps.of(now))
                .map((row, context) -> Role.valueOf(row.getString("role")))
                .findOne();
    }

    /**
     * Makes a person of an invitation, once.
     *
     * @return empty where the invitation is unknown, used or too old
     * @throws Conflict if the name is taken; the invitation stays good
     */
    public Optional<Person> redeem(String secret, String name, String password, Instant now) {
        return database.write(handle -> roleOf(handle, secret, now).map(role -> {
            Person person = insert(handle, name, role, password, now);
            handle.createUpdate("update invitation set used_by = :person where secret = :secret")
                    .bind("person", person.id())
                    .bind("secret", secret)
                    .execute();
            return person;
        }));
    }

    public void openSession(String secret, long person, Instant now, Instant expiresAt) {
        database.change(handle -> {
            handle.createUpdate("delete from session where expires_at < :now")
                    .bind("now", Timestamps.of(now))
                    .execute();
            handle.createUpdate(
                            "insert into session (secret, person, created_at, expires_at) values (:secret, :person, :now, :expires)")
                    .bind("secret", secret)
                    .bind("person", person)
                    .bind("now", Timestamps.of(now))
                    .bind("expires", Timestamps.of(expiresAt))
                    .execute();
        });
    }

    public Optional<Person> ofSession(String secret, Instant now) {
        return database.read(handle -> handle.createQuery(
                        PERSON
                                + "join session s on s.person = p.id where s.secret = :secret and s.expires_at > :now and p.active")
                .bind("secret", secret)
                .bind("now", Timestamps.of(now))
                .map((row, context) -> person(row))
                .findOne());
    }

    public void closeSession(String secret) {
        database.change(handle -> handle.createUpdate("delete from session where secret = :secret")
                .bind("secret", secret)
                .execute());
    }

    public long addToken(String secret, long person, String name, Instant now) {
        return database.write(handle -> {
            long id = next(handle, "select coalesce(max(id), 0) + 1 from api_token");
            handle.createUpdate(
                            "insert into api_token (id, secret, person, name, created_at) values (:id, :secret, :person, :name, :now)")
                    .bind("id", id)
                    .bind("secret", secret)
                    .bind("person", person)
                    .bind("name", name)
                    .bind("now", Timestamps.of(now))
                    .execute();
            return id;
        });
    }

    /** Whose token it is; notes that it was used, at most once a minute. */
    public Optional<Person> ofToken(String secret, Instant now) {
        Optional<Person> owner = database.read(handle -> handle.createQuery(
                        PERSON + "join api_token t on t.person = p.id where t.secret = :secret and p.active")
                .bind("secret", secret)
                .map((row, context) -> person(row))
                .findOne());
        owner.ifPresent(person -> database.read(handle -> handle.createUpdate(
                        "update api_token set used_at = :now where secret = :secret and (used_at is null or used_at < :before)")
                .bind("now", Timestamps.of(now))
                .bind("before", Timestamps.of(now.minusSeconds(60)))
                .bind("secret", secret)
                .execute()));
        return owner;
    }

    /** Those of one person. */
    public List<ApiToken> tokens(long person) {
        return database.read(handle -> handle.createQuery(
                        """
                        select t.id, p.name as person, t.name, t.created_at, t.used_at
                        from api_token t join person p on p.id = t.person where t.person = :person order by t.id
                        """)
                .bind("person", person)
                .map((row, context) -> new ApiToken(
                        row.getLong("id"),
                        row.getString("person"),
                        row.getString("name"),
                        Timestamps.read(row, "created_at"),
                        row.getObject("used_at") == null ? null : Timestamps.read(row, "used_at")))
                .list());
    }

    /** @return whether this person had such a token */
    public boolean removeToken(long person, long id) {
        return database.write(handle -> handle.createUpdate("delete from api_token where id = :id and person = :person")
                        .bind("id", id)
                        .bind("person", person)
                        .execute())
                > 0;
    }

    /** Appends to the audit trail; texts that are too long are cut. */
    public void note(Act act) {
        database.change(handle -> handle.createUpdate(
                        """
                        insert into audit (row_number, at, who, peer, what, details)
                        values (:row, :at, :who, :peer, :what, :details)
                        """)
                .bind("row", next(handle, "select coalesce(max(row_number), 0) + 1 from audit"))
                .bind("at", Timestamps.of(act.at()))
                .bind("who", cut(act.who(), 80))
                .bind("peer", cut(act.peer(), 80))
                .bind("what", cut(act.what(), 40))
                .bind("details", cut(act.details(), 400))
                .execute());
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    /** The last ones, newest first. */
    public List<Act> acts(int most) {
        return database.read(
                handle -> handle.createQuery("select * from audit order by row_number desc fetch first :most rows only")
                        .bind("most", most)
                        .map((row, context) -> new Act(
                                Timestamps.read(row, "at"),
                                row.getString("who"),
                                row.getString("peer"),
                                row.getString("what"),
                                row.getString("details")))
                        .list());
    }
}
