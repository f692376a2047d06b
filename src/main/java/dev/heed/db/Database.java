package dev.heed.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * The database of a home, migrated. One process owns a home; several homes may share a PostgreSQL database. Never
 * interrupt a thread that is in here: H2 closes its file when one is interrupted while reading.
 */
final class Database implements AutoCloseable {
    private static final long WRITERS = 0x6865_6564; // the advisory lock's name: "heed"
    private static final String COUNT = "analyze preference, comparison, prompt";
    private static final long PATIENCE_MS = 5_000; // for a connection; the page tries again after 15 s

    private final HomeLock homeLock;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final boolean shared;
    private final ReentrantLock writing = new ReentrantLock(true);
    private volatile boolean wasAway;

    private Database(HomeLock homeLock, HikariDataSource pool, boolean shared) {
        this.homeLock = homeLock;
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        this.shared = shared;
    }

    /**
     * Opens the database of a home folder, which is made where missing.
     *
     * @param db where it lies, as {@link Place#of} reads it
     * @throws UserError if another process holds the home, or the database cannot be had
     */
    static Database open(Path home, String db) {
        return open(home, db, (pool, place) -> migrate(pool, place, MigrationVersion.LATEST));
    }

    /**
     * Makes the tables of a version, fills them, and brings them to this version.
     *
     * @param db of an empty database
     * @throws UserError if there are tables already
     */
    static void fill(Path home, String db, String schema, HandleCallback<?, RuntimeException> work) {
        open(home, db, (pool, place) -> {
                    if (flyway(pool).load().info().current() != null) {
                        throw new UserError("the database %s is in use already; name an empty one".formatted(place));
                    }
                    migrate(pool, place, MigrationVersion.fromVersion(schema));
                    Jdbi.create(pool).inTransaction(work);
                    migrate(pool, place, MigrationVersion.LATEST);
                    if (place.isShared()) {
                        Jdbi.create(pool).useHandle(handle -> handle.execute(COUNT));
                    }
                })
                .close();
    }

    private interface Preparation {
        void prepare(HikariDataSource pool, Place place);
    }

    private static Database open(Path home, String db, Preparation preparation) {
        HomeLock lock = HomeLock.take(home);
        HikariDataSource pool = null;
        try {
            Place place = Place.of(home, db, System.getenv());
            pool = pool(place);
            preparation.prepare(pool, place);
            place.remember(home);
            return new Database(lock, pool, place.isShared());
        } catch (RuntimeException e) {
            if (pool != null) {
                pool.close();
            }
            lock.close();
            throw e;
        }
    }

    private static HikariDataSource pool(Place place) {
        try {
            return new HikariDataSource(config(place));
        } catch (HikariPool.PoolInitializationException e) {
            throw new UserError(
                    "the database %s cannot be opened: %s; is it running, and are user and password right (HEED_DB_USER, HEED_DB_PASSWORD)?"
                            .formatted(place, Outage.firstLine(e)),
                    e);
        }
    }

    private static HikariConfig config(Place place) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(place.url());
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE_MS);
        if (place.isShared()) {
            config.setUsername(place.user());
            config.setPassword(place.password());
            config.addDataSourceProperty("ApplicationName", "heed");
            config.addDataSourceProperty("connectTimeout", "5");
            config.addDataSourceProperty("socketTimeout", "60");
            // A server that hangs in a transaction must not stop the others for good.
            config.setConnectionInitSql("set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'");
        }
        return config;
    }

    private static FluentConfiguration flyway(HikariDataSource pool) {
        return Flyway.configure().dataSource(pool).locations("classpath:db");
    }

    private static void migrate(HikariDataSource pool, Place place, MigrationVersion version) {
        try {
            flyway(pool).target(version).load().migrate();
        } catch (FlywayException e) {
            throw new UserError(
                    "the database %s is of another version of Heed (%s); use that version, or name another with --home or --db"
                            .formatted(place, Outage.firstLine(e)),
                    e);
        }
    }

    /** Version of the tables. */
    String schema() {
        return flyway(pool).load().info().current().getVersion().getVersion();
    }

    /** Whether servers of other homes may write there too. */
    boolean isShared() {
        return shared;
    }

    /** @throws Unavailable if the database is away */
    <T> T read(HandleCallback<T, RuntimeException> query) {
        return expectThere(() -> jdbi.withHandle(query));
    }

    /** Reads that all see the rows of one moment; large results come piece by piece. */
    <T> T readStill(HandleCallback<T, RuntimeException> queries) {
        return shared
                ? expectThere(() -> {
                    jdbi.useHandle(Database::count);
                    return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, queries);
                })
                : write(handle -> {
                    handle.execute("set lazy_query_execution 1");
                    try {
                        return queries.withHandle(handle);
                    } finally {
                        handle.execute("set lazy_query_execution 0");
                    }
                });
    }

    /**
     * Has PostgreSQL count its rows where many came since it last did. By itself it does so up to a minute later, and until then
     * plans joins as if tables were empty: what takes a second then takes hours.
     */
    private static void count(Handle handle) {
        boolean grown = handle.createQuery(
                        """
                        select exists (select 1 from pg_stat_user_tables
                            where relname in ('preference', 'comparison', 'prompt')
                            and n_mod_since_analyze > 500 + n_live_tup / 2)
                        """)
                .mapTo(Boolean.class)
                .one();
        if (grown) {
            handle.execute(COUNT);
        }
    }

    /**
     * One transaction at a time, of all servers, so that rows are numbered without gaps and checks hold until the commit.
     *
     * @throws Unavailable if the database is away; whether it has committed is then not known
     */
    <T> T write(HandleCallback<T, RuntimeException> work) {
        return alone(() -> expectThere(() -> jdbi.inTransaction(handle -> {
            if (shared) {
                handle.execute("select pg_advisory_xact_lock(%d)".formatted(WRITERS));
            }
            return work.withHandle(handle);
        })));
    }

    void change(HandleConsumer<RuntimeException> work) {
        write(handle -> {
            work.useHandle(handle);
            return true;
        });
    }

    private <T> T expectThere(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            Unavailable unavailable = Outage.of(e).orElseThrow(() -> e);
            if (!unavailable.merelyBusy()) {
                wasAway = true;
                pool.getHikariPoolMXBean().softEvictConnections(); // the others are broken too: H2 has closed its file
            }
            throw unavailable;
        }
    }

    /** Whether it was away since the last {@link #isBack}: then it may lack rows that it had. */
    boolean wasAway() {
        return wasAway;
    }

    void isBack() {
        wasAway = false;
    }

    /** Runs what no write of this process may come between. */
    <T> T alone(Supplier<T> work) {
        writing.lock();
        try {
            return work.get();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        alone(() -> {
            pool.close();
            homeLock.close();
            return true;
        });
    }
}
