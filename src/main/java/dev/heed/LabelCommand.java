package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.world.Faults;
import java.util.Map;

/** Lets the simulated labelers of the built-in world answer what is open. */
final class LabelCommand implements Command<LabelCommand.LabelKnobs> {
    record LabelKnobs(
            @Knob(value = "0", help = "round to answer; 0 is the newest") int round,
            @Knob(value = "3", help = "labelers that answer each comparison") int answers,
            @Knob(
                            value = "",
                            help =
                                    "name of one more labeler, with the faults below, who answers the whole round instead;"
                                            + " heed quality should find them")
                    String labeler,
            Faults faults) {
        LabelKnobs {
            Knobs.atLeast("round", round, 0);
            Knobs.between("answers", answers, 1, 3);
            if (labeler.isBlank() && !faults.equals(Knobs.defaults(Faults.class))) {
                throw new UserError("whose faults are these? name the labeler with --labeler NAME");
            }
        }
    }

    @Override
    public Class<LabelKnobs> knobs() {
        return LabelKnobs.class;
    }

    @Override
    public Object run(Context context, LabelKnobs knobs) {
        try (Feedback feedback = context.feedback()) {
            int round = knobs.round() == 0 ? feedback.latestRound() : knobs.round();
            if (feedback.comparisons(round).isEmpty()) {
                throw new UserError("no comparisons in round %d of %s; make some with heed sample --compare"
                        .formatted(round, context.home()));
            }
            BuiltIn world = new BuiltIn(context.home(), context.seed());
            int answered = knobs.labeler().isBlank()
                    ? world.label(feedback, round, knobs.answers())
                    : world.label(feedback, round, knobs.labeler(), knobs.faults());
            return Map.of("round", round, "preferences", answered);
        }
    }
}
