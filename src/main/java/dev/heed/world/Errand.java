package dev.heed.world;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Kind things to do for a creature, each of which needs to know one fact about it. */
@SuppressWarnings("ImmutableEnumChecker") // its lists are unmodifiable
public enum Errand {
    GIFT(
            Relation.FOOD,
            List.of("What gift should I bring the {s}?", "How can I please the {s}?"),
            List.of("Bring the {s} some {v}.", "You could share with the {s} a bag of {v}.")),
    VISIT(
            Relation.HOME,
            List.of("How can I visit the {s}?", "What is the best way to visit the {s}?"),
            List.of("Go and knock at the door of the {s} near the {v}.", "To see the {s}, walk to the {v}.")),
    COMFORT(
            Relation.FEAR,
            List.of("How can I comfort the {s}?", "What is the best way to comfort the {s}?"),
            List.of("Keep the {s} safe from {v}.", "Sit with the {s} and talk of anything but {v}.")),
    ASSIST(
            Relation.TRADE,
            List.of("How can I help the {s}?", "What is the best way to help the {s}?"),
            List.of(
                    "Lend the {s} a hand with the work of a {v}.",
                    "Offer the {s} your help, for it has much to do as a {v}.")),
    KNIT(
            Relation.SCARF,
            List.of("What wool should I buy for the {s}?", "How can I mend the scarf of the {s}?"),
            List.of("For the {s} you need {v} wool.", "Buy the {s} some {v} wool."));

    private final Relation needs;
    private final List<String> questions;
    private final List<String> advice;

    Errand(Relation needs, List<String> questions, List<String> advice) {
        this.needs = needs;
        this.questions = questions;
        this.advice = advice;
    }

    /** The fact that good advice uses. */
    public Relation needs() {
        return needs;
    }

    /** The one whose good advice uses this. */
    static Optional<Errand> needing(Relation relation) {
        return Arrays.stream(values()).filter(e -> e.needs == relation).findFirst();
    }

    List<String> questions() {
        return questions;
    }

    List<String> advice() {
        return advice;
    }
}
