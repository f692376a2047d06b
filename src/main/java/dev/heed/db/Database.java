package dev.heed.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;

/**
 * The database of a home folder, migrated. One process owns a home. Never interrupt a thread that is in here: H2 closes
 * its file when one is interrupted while reading.
 */
final class Database implements AutoCloseable {
    private final HomeLock homeLock;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final ReentrantLock writing = new ReentrantLock(true);

    private Database(HomeLock homeLock, HikariDataSource pool) {
        this.homeLock = homeLock;
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
    }

    /**
     * Opens the database of a home folder, which is made where missing.
     *
     * @throws UserError if another process holds the home, or its files cannot be read
     */
    static Database open(Path home) {
        HomeLock lock = HomeLock.take(home);
        HikariDataSource pool = null;
        try {
            pool = new HikariDataSource(config(home));
            migrate(pool, home);
            return new Database(lock, pool);
        } catch (RuntimeException e) {
            if (pool != null) {
                pool.close();
            }
            lock.close();
            throw e;
        }
    }

    private static void migrate(HikariDataSource pool, Path home) {
        try {
            Flyway.configure().dataSource(pool).locations("classpath:db").load().migrate();
        } catch (FlywayException e) {
            throw new UserError(
                    "the database in %s is of another version of Heed (%s); use that version, or name another with --home"
                            .formatted(
                                    home,
                                    String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse("")),
                    e);
        }
    }

    private static HikariConfig config(Path home) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:file:" + home.toAbsolutePath().resolve("heed")
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=10000"
                // Without the first, acknowledged commits are lost on kill -9; without the second, 2.4.240 returns a
                // stale result when a transaction asks twice (h2database#4299).
                + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=0"
                // Closed by close(), not by a shutdown hook of its own while ours still saves.
                + ";DB_CLOSE_ON_EXIT=FALSE");
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        return config;
    }

    Jdbi jdbi() {
        return jdbi;
    }

    <T> T read(HandleCallback<T, RuntimeException> query) {
        return jdbi.withHandle(query);
    }

    /** One transaction at a time, so that rows are numbered without gaps and checks hold until the commit. */
    <T> T write(HandleCallback<T, RuntimeException> work) {
        return alone(() -> jdbi.inTransaction(work));
    }

    void change(HandleConsumer<RuntimeException> work) {
        write(handle -> {
            work.useHandle(handle);
            return true;
        });
    }

    /** Runs what no write may come between. */
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
