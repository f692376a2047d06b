package dev.heed.web;

import dev.heed.rating.Leaderboard.Meeting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Who meets whom: any two models, those more often that have met less. */
final class Matchmaker {
    private Matchmaker() {}

    /** Two models, in no order that says anything. */
    record Match(String one, String other) {
        boolean is(Meeting meeting) {
            return (meeting.first().equals(one) && meeting.second().equals(other))
                    || (meeting.first().equals(other) && meeting.second().equals(one));
        }
    }

    /**
     * Draws one; a match that has had n votes weighs 1 / (1 + n).
     *
     * @param models at least two
     * @param lot a uniform draw from [0, 1)
     */
    static Match any(List<String> models, List<Meeting> meetings, double lot) {
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            for (int j = i + 1; j < models.size(); j++) {
                matches.add(new Match(models.get(i), models.get(j)));
            }
        }
        double[] until = matches.stream().mapToDouble(m -> weight(m, meetings)).toArray();
        for (int k = 1; k < until.length; k++) {
            until[k] += until[k - 1];
        }
        double at = lot * until[until.length - 1];
        return matches.get(IntStream.range(0, until.length)
                .filter(k -> at < until[k])
                .findFirst()
                .orElse(until.length - 1));
    }

    private static double weight(Match match, List<Meeting> meetings) {
        long met = meetings.stream()
                .filter(match::is)
                .mapToLong(meeting -> meeting.won() + meeting.tied() + meeting.lost())
                .sum();
        return 1.0 / (1 + met);
    }
}
