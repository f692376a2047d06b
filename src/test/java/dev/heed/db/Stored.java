package dev.heed.db;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of an empty home's store, in each kind of database. */
public abstract class Stored {
    protected final Storage storage;
    protected final Path folder;
    protected FeedbackStore store;

    protected Stored(Storage storage, Path folder) {
        this.storage = storage;
        this.folder = folder;
    }

    @BeforeEach
    void open() {
        store = FeedbackStore.open(folder.resolve("home"), storage.newDatabase());
    }

    @AfterEach
    void close() {
        store.close();
    }
}
