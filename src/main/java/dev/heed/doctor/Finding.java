package dev.heed.doctor;

/**
 * What a check found.
 *
 * @param check what was looked at, a word or two
 * @param found with the numbers
 * @param meaning what follows from it where nobody mends it; empty where all is well
 * @param advice what to do; empty where all is well
 */
public record Finding(String check, Verdict verdict, String found, String meaning, String advice) {
    /** How bad it is. */
    public enum Verdict {
        /** As it should be. */
        WELL,
        /** Look at it before you spend hours. */
        DOUBTFUL,
        /** What learns from this learns something else than you think. */
        WRONG,
        /** There was nothing to look at. */
        SKIPPED
    }

    static Finding well(String check, String found) {
        return new Finding(check, Verdict.WELL, found, "", "");
    }

    static Finding skipped(String check, String why) {
        return new Finding(check, Verdict.SKIPPED, why, "", "");
    }

    /** Whether it wants a look before hours go into a run. */
    public boolean open() {
        return verdict == Verdict.WRONG || verdict == Verdict.DOUBTFUL;
    }

    /** Well, or else what it means and what to do. */
    Finding unless(boolean well, Verdict otherwise, String meaning, String advice) {
        return well ? this : new Finding(check, otherwise, found, meaning, advice);
    }
}
