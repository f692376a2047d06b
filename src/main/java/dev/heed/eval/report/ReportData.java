package dev.heed.eval.report;

import dev.heed.eval.ModelCard;
import dev.heed.eval.RewardAccuracy;
import dev.heed.eval.Verdict;
import dev.heed.quality.Interval;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that the report shows. What is missing (an empty list, a null) leaves its section out.
 *
 * @param title of the page, say "Heed demo"
 * @param cards in the order of training; the last is the newest policy
 * @param stages in the order in which they ran
 */
public record ReportData(
        String title,
        Summary summary,
        List<ModelCard> cards,
        List<Stage> stages,
        @Nullable Frontier frontier,
        @Nullable RewardReport reward,
        List<Sample> samples,
        Reproduction reproduction) {
    public ReportData {
        cards = List.copyOf(cards);
        stages = List.copyOf(stages);
        samples = List.copyOf(samples);
    }

    /** The model that the others are compared with; empty where no card has its name. */
    public Optional<ModelCard> baseline() {
        return cards.stream().filter(c -> c.name().equals(summary.baseline())).findFirst();
    }

    /** The newest policy: the last card, unless that is the baseline. */
    public Optional<ModelCard> newest() {
        return cards.isEmpty()
                ? Optional.empty()
                : Optional.of(cards.get(cards.size() - 1)).filter(c -> !c.name().equals(summary.baseline()));
    }

    /**
     * @param rounds how often the loop went round
     * @param preferences how many were given in all
     * @param agreement share of equal answers where two labelers were asked the same, in [0, 1]; NaN where unknown
     * @param heldOutPrompts how many prompts the models were judged on
     * @param baseline name of the card that win rates are against: "sft"
     */
    public record Summary(
            int rounds, long preferences, double agreement, int heldOutPrompts, String baseline, Judge judge) {}

    /**
     * Who says which answer is better.
     *
     * @param name as it stands in a sentence: "the gold judge"
     * @param explanation whom it stands in for and what it knows, in a sentence or two
     */
    public record Judge(String name, String explanation) {}

    /** One stage's training, as small plots side by side. */
    public record Stage(String name, String explanation, List<Curve> curves) {
        public Stage {
            curves = List.copyOf(curves);
        }
    }

    /**
     * One plot over steps.
     *
     * @param unit "share" for numbers in [0, 1] that are shown as per cent; else as it stands: "nats a token", "tokens"
     * @param explanation one plain sentence: what it is and what is good
     * @param levels horizontal lines to compare with, such as ln 2
     */
    public record Curve(String name, String unit, String explanation, List<Line> lines, List<Level> levels) {
        public Curve {
            lines = List.copyOf(lines);
            levels = List.copyOf(levels);
        }

        /** A single line, nothing to compare with. */
        public static Curve of(String name, String unit, String explanation, List<Dot> dots) {
            return new Curve(name, unit, explanation, List.of(new Line(name, dots)), List.of());
        }
    }

    /** A line of a plot: "round 1", say. Points that are NaN leave a gap. */
    public record Line(String name, List<Dot> dots) {
        public Line {
            dots = List.copyOf(dots);
        }
    }

    /** A step and what was measured then. */
    public record Dot(double step, double value) {}

    /** A number to compare a curve with. */
    public record Level(String name, double value) {}

    /**
     * Scores against the distance from the reference, to see over-optimisation. Proxy and gold are in one unit: standard
     * deviations above the baseline's mean, see {@link dev.heed.eval.Standard}.
     *
     * @param policy checkpoints in the order of training, from the start (KL 0)
     * @param bestOfN best of 1, 2, 4, … by the reward model; may be empty
     */
    public record Frontier(List<Reached> policy, List<Reached> bestOfN) {
        public Frontier {
            policy = List.copyOf(policy);
            bestOfN = List.copyOf(bestOfN);
        }
    }

    /**
     * A point of a frontier.
     *
     * @param name "step 40" or "best of 4"
     * @param kl to the reference, nats a completion
     * @param proxy what the reward model says
     * @param gold what the judge says
     */
    public record Reached(String name, double kl, Interval proxy, Interval gold) {}

    /**
     * The reward model on held-out preferences.
     *
     * @param ceiling the accuracy that labeler noise allows; NaN where unknown
     */
    public record RewardReport(RewardAccuracy measured, double ceiling) {}

    /** The same held-out prompt before and after. */
    public record Sample(String prompt, Side before, Side after) {
        public static Sample of(String prompt, String modelBefore, Verdict before, String modelAfter, Verdict after) {
            return new Sample(prompt, Side.of(modelBefore, before), Side.of(modelAfter, after));
        }
    }

    /**
     * One of the two answers.
     *
     * @param score the judge's, higher is better; NaN where nobody judged
     * @param chips the judge's parts
     */
    public record Side(String model, String text, double score, List<Chip> chips) {
        public Side {
            chips = List.copyOf(chips);
        }

        static Side of(String model, Verdict verdict) {
            return new Side(model, verdict.text(), verdict.gold(), Chip.of(verdict.parts()));
        }
    }

    /** One thing that the judge says of an answer: "true", "not kind". */
    public record Chip(String name, boolean good) {
        static List<Chip> of(Verdict.Parts parts) {
            List<Chip> chips = new ArrayList<>();
            add(chips, parts.truth(), "true", "", "not true");
            add(chips, parts.follows(), "does what was asked", "does it in part", "does not do what was asked");
            add(chips, parts.kind(), "kind", "", "unkind");
            add(chips, parts.declines(), "declines", "declines unkindly or evades", "should decline");
            add(chips, 1 - parts.wronglyDeclines(), "", "", "declines needlessly");
            add(chips, parts.ends(), "ends well", "", "does not end well");
            return chips;
        }

        /** Halves are no merit, and said only where there is a word for them. */
        private static void add(List<Chip> chips, double part, String yes, String half, String no) {
            String name = part > 0.6 ? yes : part >= 0.4 ? half : no;
            if (!Double.isNaN(part) && !name.isEmpty()) {
                chips.add(new Chip(name, part > 0.6));
            }
        }
    }

    /**
     * How to get the same again.
     *
     * @param seed of all draws
     * @param commands to type
     * @param machine what it ran on and what it took: "time", "memory", "precision", "threads", …; in order
     * @param settings what was set; in order
     */
    public record Reproduction(
            long seed, List<String> commands, Map<String, String> machine, Map<String, String> settings) {
        public Reproduction {
            commands = List.copyOf(commands);
            machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }
}
