package dev.heed.rating;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The players to whom finite ratings on one scale can be given: from each to each other leads a chain of wins (Ford 1957), a tie
 * counted as half a win for both. Of several such groups, the one with most games.
 *
 * @param members indices, in order; empty where no two players are joined so
 * @param others why each player outside has no rating, a sentence; "" for members
 */
record Group(List<Integer> members, List<String> others) {
    static Group of(double[][] wins) {
        boolean[][] above = Wins.chains(wins);
        List<Integer> members = IntStream.range(0, wins.length)
                .mapToObj(i -> joined(above, i))
                .filter(joined -> joined.size() > 1)
                .reduce(List.of(), (a, b) -> games(wins, b) > games(wins, a) ? b : a);
        List<String> others = IntStream.range(0, wins.length)
                .mapToObj(i -> members.contains(i) ? "" : why(wins, above, i, members))
                .toList();
        return new Group(members, others);
    }

    private static List<Integer> joined(boolean[][] above, int i) {
        return IntStream.range(0, above.length)
                .filter(j -> j == i || (above[i][j] && above[j][i]))
                .boxed()
                .toList();
    }

    private static double games(double[][] wins, List<Integer> among) {
        return among.stream()
                .mapToDouble(i -> among.stream().mapToDouble(j -> wins[i][j]).sum())
                .sum();
    }

    private static String why(double[][] wins, boolean[][] above, int i, List<Integer> members) {
        boolean won = IntStream.range(0, wins.length).anyMatch(j -> wins[i][j] > 0);
        boolean lost = IntStream.range(0, wins.length).anyMatch(j -> wins[j][i] > 0);
        if (!won && !lost) {
            return "nobody has compared it yet";
        }
        if (!members.isEmpty() && members.stream().noneMatch(j -> above[i][j] || above[j][i])) {
            return "it was not compared with those that have a rating, not even through others";
        }
        if (!lost) {
            return "it has not lost yet, so no finite rating fits";
        }
        return won
                ? "wins lead only one way between it and the others, so no finite rating fits"
                : "it has not won yet, so no finite rating fits";
    }
}
