package dev.heed.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Byte-pair encoding learned from counted words (Sennrich et al. 2016, algorithm 1): again and again the most frequent
 * pair of neighbours becomes one token. Only the words that hold the pair are recounted.
 *
 * <p>Ties go to the pair with the smaller left id, then the smaller right id, so the order of the corpus cannot matter.
 */
final class BpeMerges {
    /** Two neighbours that become one token. */
    record Merge(int left, int right) {}

    private record Candidate(long count, int left, int right) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparingInt(Candidate::left)
                .thenComparingInt(Candidate::right);
    }

    private final List<int[]> words = new ArrayList<>();
    private final List<Long> wordCounts = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> idOf = new HashMap<>();
    private final Map<Long, Long> pairCounts = new HashMap<>();
    private final Map<Long, List<Integer>> wordsWith = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.BEST_FIRST);
    private final Set<Merge> merges = new LinkedHashSet<>();

    /** Starts from single letters: ids are positions in {@code alphabet}. */
    BpeMerges(List<String> alphabet) {
        alphabet.forEach(this::id);
    }

    /** A word as ids of the alphabet, and how often it occurs. */
    void add(int[] word, long count) {
        words.add(word);
        wordCounts.add(count);
    }

    /**
     * Merges until there are {@code size} tokens or no pair occurs {@code leastCount} times.
     *
     * @return the merges in order; {@link #tokens} has grown
     */
    List<Merge> learn(int size, long leastCount) {
        Map<Long, Long> changes = new LinkedHashMap<>();
        for (int index = 0; index < words.size(); index++) {
            count(words.get(index), wordCounts.get(index), changes);
            remember(words.get(index), index, -1);
        }
        changes.forEach(this::change);
        while (tokens.size() < size) {
            Candidate best = queue.poll();
            if (best == null) {
                break;
            }
            long now = pairCounts.getOrDefault(key(best.left, best.right), 0L);
            if (now < leastCount) {
                continue;
            }
            if (now < best.count) { // it lost occurrences to other merges since it was queued
                queue.add(new Candidate(now, best.left, best.right));
                continue;
            }
            merge(new Merge(best.left, best.right));
        }
        return List.copyOf(merges);
    }

    /** Every token's letters, by id. */
    List<String> tokens() {
        return tokens;
    }

    private void merge(Merge merge) {
        merges.add(merge);
        // Two ways may lead to the same letters: they share one id.
        int merged = id(tokens.get(merge.left) + tokens.get(merge.right));
        Map<Long, Long> changes = new HashMap<>();
        List<Integer> holders = wordsWith.remove(key(merge.left, merge.right));
        for (int index : holders == null ? List.<Integer>of() : holders) {
            int[] before = words.get(index);
            int[] after = apply(merge, merged, before);
            if (after.length < before.length) {
                count(before, -wordCounts.get(index), changes);
                count(after, wordCounts.get(index), changes);
                words.set(index, after);
                remember(after, index, merged);
            }
        }
        changes.forEach(this::change);
    }

    private static int[] apply(Merge merge, int merged, int[] word) {
        int[] after = new int[word.length];
        int length = 0;
        for (int i = 0; i < word.length; i++) {
            boolean here = word[i] == merge.left && i + 1 < word.length && word[i + 1] == merge.right;
            after[length++] = here ? merged : word[i];
            i += here ? 1 : 0;
        }
        return Arrays.copyOf(after, length);
    }

    private static void count(int[] word, long times, Map<Long, Long> changes) {
        for (int i = 1; i < word.length; i++) {
            changes.merge(key(word[i - 1], word[i]), times, Long::sum);
        }
    }

    /** Notes where pairs occur: those with {@code token} in them, or all where it is −1. */
    private void remember(int[] word, int index, int token) {
        for (int i = 1; i < word.length; i++) {
            if (token < 0 || word[i - 1] == token || word[i] == token) {
                wordsWith
                        .computeIfAbsent(key(word[i - 1], word[i]), k -> new ArrayList<>())
                        .add(index);
            }
        }
    }

    private void change(long pair, long by) {
        if (by == 0) {
            return;
        }
        long now = pairCounts.merge(pair, by, Long::sum);
        if (by > 0) {
            queue.add(new Candidate(now, (int) (pair >>> 32), (int) pair));
        }
    }

    private int id(String token) {
        Integer known = idOf.putIfAbsent(token, tokens.size());
        if (known == null) {
            tokens.add(token);
            return tokens.size() - 1;
        }
        return known;
    }

    private static long key(int left, int right) {
        return ((long) left << 32) | right;
    }
}
