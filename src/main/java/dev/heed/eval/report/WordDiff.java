package dev.heed.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which words of two texts are not in both, by the longest common subsequence.
 *
 * @param before the whole first text in pieces
 * @param after the whole second text in pieces
 */
record WordDiff(List<Piece> before, List<Piece> after) {
    /** A stretch of text that is in both, or not. */
    record Piece(String text, boolean changed) {}

    /** Whitespace goes with the word before it. */
    private static final Pattern WORD = Pattern.compile("(?:[\\p{L}\\p{N}\\p{M}]+|[^\\p{L}\\p{N}\\p{M}\\s]|^)\\s*");

    /** Above so many words the table would be large: then all counts as changed. */
    private static final int MOST = 2_000;

    static WordDiff of(String before, String after) {
        List<String> a = words(before);
        List<String> b = words(after);
        boolean[] keptA = new boolean[a.size()];
        boolean[] keptB = new boolean[b.size()];
        if (a.size() <= MOST && b.size() <= MOST) {
            mark(a, b, keptA, keptB);
        }
        return new WordDiff(pieces(a, keptA), pieces(b, keptB));
    }

    private static List<String> words(String text) {
        return WORD.matcher(text)
                .results()
                .map(MatchResult::group)
                .filter(w -> !w.isEmpty())
                .toList();
    }

    private static void mark(List<String> a, List<String> b, boolean[] keptA, boolean[] keptB) {
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = same(a.get(i), b.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        for (int i = 0, j = 0; i < a.size() && j < b.size(); ) {
            if (same(a.get(i), b.get(j))) {
                keptA[i++] = true;
                keptB[j++] = true;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
        dropIslands(keptA, keptB);
    }

    /** A lone word in common amid changes on both sides is chance ("the"), and only makes the eye stumble. */
    private static void dropIslands(boolean[] keptA, boolean[] keptB) {
        int[] inA = IntStream.range(0, keptA.length).filter(i -> keptA[i]).toArray();
        int[] inB = IntStream.range(0, keptB.length).filter(i -> keptB[i]).toArray();
        boolean[] island = new boolean[inA.length];
        for (int k = 0; k < inA.length; k++) {
            island[k] = isIsland(inA, k, keptA.length) && isIsland(inB, k, keptB.length);
        }
        for (int k = 0; k < inA.length; k++) {
            keptA[inA[k]] = !island[k];
            keptB[inB[k]] = !island[k];
        }
    }

    private static boolean isIsland(int[] kept, int k, int words) {
        boolean afterChange = kept[k] > 0 && (k == 0 || kept[k - 1] < kept[k] - 1);
        boolean beforeChange = kept[k] < words - 1 && (k == kept.length - 1 || kept[k + 1] > kept[k] + 1);
        return afterChange && beforeChange;
    }

    private static boolean same(String a, String b) {
        return a.strip().equals(b.strip());
    }

    private static List<Piece> pieces(List<String> words, boolean[] kept) {
        List<Piece> pieces = new ArrayList<>();
        for (int from = 0; from < words.size(); ) {
            int to = from;
            while (to < words.size() && kept[to] == kept[from]) {
                to++;
            }
            pieces.add(new Piece(String.join("", words.subList(from, to)), !kept[from]));
            from = to;
        }
        return pieces;
    }
}
