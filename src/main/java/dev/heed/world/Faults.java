package dev.heed.world;

import dev.heed.run.Knob;
import dev.heed.run.Knobs;

/** What is wrong with a simulated labeler, to be found again by the statistics of labels. */
public record Faults(
        @Knob(
                        value = "0.15",
                        help = "gold score by which two texts differ where the odds are e to 1; that of labeler ada")
                double temperature,
        @Knob(value = "0.04", help = "share of slips, answers opposite to what was meant; that of labeler ada")
                double errorRate,
        @Knob(value = "0", help = "nats of odds for a text, for every word that it is longer") double lengthBias,
        @Knob(value = "0", help = "nats of odds for the text on the left") double positionBias,
        @Knob(value = "0", help = "share of comparisons that are answered unread, by tossing a coin") double careless,
        @Knob(
                        value = "0",
                        help =
                                "share of comparisons in which the left text is taken unread: 0.2 moves 10 points to the left,"
                                        + " 1 is always left")
                double alwaysLeft,
        @Knob(value = "1", help = "time that an answer takes, in times of the usual") double pace) {
    public Faults {
        Knobs.above("temperature", temperature, 0);
        Knobs.between("error-rate", errorRate, 0, 0.5);
        Knobs.between("careless", careless, 0, 1);
        Knobs.between("always-left", alwaysLeft, 0, 1 - careless);
        Knobs.above("pace", pace, 0);
    }

    /** Of a labeler who reads everything. */
    public static Faults of(double temperature, double errorRate, double lengthBias, double positionBias) {
        return new Faults(temperature, errorRate, lengthBias, positionBias, 0, 0, 1);
    }

    /** Share of comparisons that are answered unread. */
    double unread() {
        return careless + alwaysLeft;
    }
}
