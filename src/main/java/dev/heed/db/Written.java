package dev.heed.db;

import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction leaves to be done: lines that the journal must have once it is committed, counts to be stored
 * before.
 */
record Written(List<Entry> entries, StandingTable.Counts counts) {
    Written() {
        this(new ArrayList<>(), new StandingTable.Counts());
    }
}
