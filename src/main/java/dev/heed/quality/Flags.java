package dev.heed.quality;

import dev.heed.quality.Flag.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What of a labeler's figures wants a look. A whole 95 % interval must lie beyond a bound, so that few answers raise no
 * flags, and the bounds leave room for what does not matter.
 */
final class Flags {
    private static final double ONE_SIDE = 0.9;
    private static final double SIDE_MARGIN = 0.02; // beside one half
    private static final double LENGTH_MARGIN = 0.03; // beside what others do
    private static final double LENGTH_ALONE = 0.6; // where there are no others: longer texts may be better ones
    private static final double FAST = 0.1;
    private static final double CONSISTENT = 0.65; // a coin repeats itself in half of the cases
    private static final double GOLD = 0.75;
    private static final double KAPPA = 0.1;
    private static final String LEAVE_OUT = "leave this labeler's answers out (nothing is deleted)";

    private Flags() {}

    static List<Flag> of(LabelerQuality of) {
        List<Flag> flags = new ArrayList<>();
        boolean oneSide = of.left().above(ONE_SIDE) || of.left().below(1 - ONE_SIDE);
        boolean byChance = of.kappa().below(KAPPA);
        if (oneSide) {
            flags.add(oneSide(of));
        } else if (of.left().above(0.5 + SIDE_MARGIN) || of.left().below(0.5 - SIDE_MARGIN)) {
            flags.add(position(of));
        }
        if (byChance) {
            flags.add(byChance(of));
        } else if (!oneSide) { // else what is seen is that the texts are not read, not a taste for length
            length(of, flags);
        }
        care(of, flags);
        return flags;
    }

    private static Flag oneSide(LabelerQuality of) {
        return new Flag(
                Kind.ALWAYS_ONE_SIDE,
                "takes the left one in %s of %,d decided answers; sides are shown at random"
                        .formatted(of.left().percent(), of.left().n()),
                "these answers say nothing of the texts: what learns from them learns noise",
                LEAVE_OUT + ", and ask what happened");
    }

    private static Flag position(LabelerQuality of) {
        return new Flag(
                Kind.POSITION_BIAS,
                "takes the left one in %s of %,d decided answers, where half was to be expected"
                        .formatted(of.left().percent(), of.left().n()),
                "as sides are shown at random it adds noise, not a lasting error, but as much as if so many were not read",
                "ask to read both before deciding, and to use the tie; look again after the next hundred answers");
    }

    private static Flag byChance(LabelerQuality of) {
        return new Flag(
                Kind.AS_BY_CHANCE,
                "agrees with others in %s of %,d comparisons, no more than by chance (kappa at most %s)"
                        .formatted(
                                of.agreement().percent(),
                                of.kappa().n(),
                                of.kappa().interval() == null
                                        ? "?"
                                        : String.format(
                                                Locale.ROOT,
                                                "%.2f",
                                                of.kappa().interval().high())),
                "either the texts are not read, or this labeler judges by another guideline than the others",
                "look at some answers together; if they were not read, " + LEAVE_OUT);
    }

    private static void length(LabelerQuality of, List<Flag> flags) {
        Figure lift = of.longerThanOthers();
        boolean beside = lift.above(LENGTH_MARGIN) || lift.below(-LENGTH_MARGIN);
        boolean alone = lift.interval() == null
                && (of.longer().above(LENGTH_ALONE) || of.longer().below(1 - LENGTH_ALONE));
        if (beside || alone) {
            flags.add(new Flag(
                    Kind.LENGTH_BIAS,
                    "takes the longer one in %s of %,d decided answers, %s"
                            .formatted(of.longer().percent(), of.longer().n(), beside(lift)),
                    "a reward model learns length from it, and a policy then grows longer or shorter rather than better",
                    "show the guideline's word on length; compare win rates at equal length"));
        }
    }

    private static String beside(Figure lift) {
        Interval by = lift.interval();
        return by == null
                ? "and no others decided the same"
                : String.format(
                        Locale.ROOT,
                        "%+.0f points (%+.0f to %+.0f) beside others on the same",
                        100 * by.mean(),
                        100 * by.low(),
                        100 * by.high());
    }

    private static void care(LabelerQuality of, List<Flag> flags) {
        if (of.fast().above(FAST)) {
            flags.add(new Flag(
                    Kind.TOO_FAST,
                    "%s of %,d answers came within 2 seconds"
                            .formatted(of.fast().percent(), of.fast().n()),
                    "two texts cannot be read in that time, unless they are very short",
                    "look at gold and consistency beside it; if they are low too, " + LEAVE_OUT));
        }
        if (of.consistency().below(CONSISTENT)) {
            flags.add(new Flag(
                    Kind.INCONSISTENT,
                    "gives the same answer again in %s of %,d repeated questions"
                            .formatted(
                                    of.consistency().percent(), of.consistency().n()),
                    "a coin would in half: nothing can agree better with this labeler than the labeler does",
                    "ask to take more time, and to use the tie where texts are close"));
        }
        if (of.gold().below(GOLD)) {
            flags.add(new Flag(
                    Kind.LOW_GOLD,
                    "is right in %s of %,d comparisons whose answer is known"
                            .formatted(of.gold().percent(), of.gold().n()),
                    "the other answers are likely no better",
                    "go through the wrong ones together; leave the answers out until it is better"));
        }
    }
}
