package dev.heed.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a store of the tests has its rows. */
public enum Storage {
    H2 {
        @Override
        public String newDatabase() {
            return "";
        }

        @Override
        public void lose(Path home, String db) {
            try {
                Files.delete(home.resolve("heed.mv.db"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    POSTGRES {
        @Override
        public String newDatabase() {
            return Postgres.orSkip().newDatabase();
        }

        @Override
        public void lose(Path home, String db) {
            Postgres.orSkip().empty(db);
        }
    };

    /** An empty database, as --db takes it; skips the test where there is none of this kind. */
    public abstract String newDatabase();

    /** Takes all rows of a closed store, but leaves its journal. */
    public abstract void lose(Path home, String db);
}
