package dev.heed.feedback;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of rows that came from elsewhere.
 *
 * @param added how many are new
 * @param there how many were there already
 * @param refused places in the given list, from 0, of those that something stored contradicts; they were left out
 */
public record Taken(int added, int there, List<Integer> refused) {
    public Taken {
        refused = List.copyOf(refused);
    }

    /** Of one row. */
    public enum Fate {
        ADDED,
        THERE,
        REFUSED
    }

    /** Counted, one fate a row. */
    public static Taken of(List<Fate> fates) {
        List<Integer> refused = new ArrayList<>();
        int added = 0;
        for (int i = 0; i < fates.size(); i++) {
            added += fates.get(i) == Fate.ADDED ? 1 : 0;
            if (fates.get(i) == Fate.REFUSED) {
                refused.add(i);
            }
        }
        return new Taken(added, fates.size() - added - refused.size(), refused);
    }
}
