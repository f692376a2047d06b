package dev.heed.train;

/**
 * A preference in ids, decided one way or the other.
 *
 * @param chosen a prompt, the better completion and its end
 * @param chosenFrom where that completion begins; at least 1
 * @param rejected a prompt, the worse completion and its end
 * @param rejectedFrom where that completion begins; at least 1
 */
public record PairExample(int[] chosen, int chosenFrom, int[] rejected, int rejectedFrom) {
    public PairExample {
        expectCompletion(chosen, chosenFrom);
        expectCompletion(rejected, rejectedFrom);
    }

    private static void expectCompletion(int[] row, int from) {
        if (from < 1 || from >= row.length) {
            throw new IllegalArgumentException(
                    "a completion begins at %d; allowed is 1 to %d".formatted(from, row.length - 1));
        }
    }

    int chosenTokens() {
        return chosen.length - chosenFrom;
    }

    int rejectedTokens() {
        return rejected.length - rejectedFrom;
    }

    int[] longer() {
        return chosen.length < rejected.length ? rejected : chosen;
    }
}
