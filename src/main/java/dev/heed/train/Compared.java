package dev.heed.train;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The comparisons of a batch. Within one element of it (see {@link RewardTraining.Element}) a completion is read once,
 * however often it was compared.
 *
 * @param rows ids of prompt, completion and its end: the first sides, then the second ones that are not among them
 * @param firsts of each comparison, where its first side stands in {@code rows}
 * @param seconds of each comparison, where its second side stands in {@code rows}
 * @param elements of each comparison, which element of the batch it belongs to, from 0
 * @param targets of each comparison, the share of labelers who chose its first side
 * @param strengths of each comparison, how strongly: from −3, the second is much better, to 3
 */
record Compared(int[][] rows, int[] firsts, int[] seconds, int[] elements, float[] targets, float[] strengths) {
    /** A text within an element; the buffer compares its content. */
    private record Side(int element, IntBuffer ids) {}

    /** @param elements each with at least one comparison */
    static Compared of(List<List<RewardTraining.Example>> elements) {
        int n = elements.stream().mapToInt(List::size).sum();
        Side[] chosen = new Side[n];
        Side[] rejected = new Side[n];
        int[] element = new int[n];
        float[] targets = new float[n];
        float[] strengths = new float[n];
        int at = 0;
        for (int e = 0; e < elements.size(); e++) {
            for (RewardTraining.Example example : elements.get(e)) {
                chosen[at] = new Side(e, IntBuffer.wrap(example.chosen()));
                rejected[at] = new Side(e, IntBuffer.wrap(example.rejected()));
                element[at] = e;
                targets[at] = example.target();
                strengths[at++] = example.strength();
            }
        }
        Map<Side, Integer> places = new LinkedHashMap<>();
        int[] firsts = placed(chosen, places);
        int[] seconds = placed(rejected, places);
        int[][] rows = places.keySet().stream().map(side -> side.ids().array()).toArray(int[][]::new);
        return new Compared(rows, firsts, seconds, element, targets, strengths);
    }

    private static int[] placed(Side[] sides, Map<Side, Integer> places) {
        return Arrays.stream(sides)
                .mapToInt(side -> places.computeIfAbsent(side, s -> places.size()))
                .toArray();
    }

    /** Elements of the batch. */
    int count() {
        return elements[elements.length - 1] + 1;
    }

    /** How much each first side scores above its second one. */
    float[] margins(float[] scores) {
        float[] margins = new float[firsts.length];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = scores[firsts[i]] - scores[seconds[i]];
        }
        return margins;
    }

    /**
     * How much each comparison counts: every element the same, within it every comparison the same; 1 on average. For a
     * prompt whose K completions were all compared that is InstructGPT's 1/C(K, 2).
     */
    float[] weights() {
        int[] sizes = new int[count()];
        for (int element : elements) {
            sizes[element]++;
        }
        float[] weights = new float[elements.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) ((double) weights.length / sizes.length / sizes[elements[i]]);
        }
        return weights;
    }

    /** Of each row, the element that it belongs to. */
    int[] rankings() {
        int[] rankings = new int[rows.length];
        for (int i = 0; i < elements.length; i++) {
            rankings[firsts[i]] = elements[i];
            rankings[seconds[i]] = elements[i];
        }
        return rankings;
    }

    /** Of each row, the share of its comparisons that it won, each counted by the share of labelers. */
    float[] standings() {
        float[] won = new float[rows.length];
        int[] asked = new int[rows.length];
        for (int i = 0; i < elements.length; i++) {
            won[firsts[i]] += targets[i];
            won[seconds[i]] += 1 - targets[i];
            asked[firsts[i]]++;
            asked[seconds[i]]++;
        }
        for (int row = 0; row < won.length; row++) {
            won[row] /= asked[row];
        }
        return won;
    }
}
