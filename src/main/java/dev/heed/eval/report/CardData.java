package dev.heed.eval.report;

import dev.heed.eval.DemoResult;
import dev.heed.eval.HeldOutResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.exam.ExamResult;
import dev.heed.quality.Interval;
import dev.heed.run.Ancestry.Origin;
import dev.heed.run.Version;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a model's report card tells, gathered from the files of its home.
 *
 * @param name of the run that made it
 * @param line of runs that led to it, the first ones first, its own last
 * @param learned what people said, by each run of the line that learned from it
 * @param evaluation null where nobody evaluated it
 * @param exams that it sat
 * @param rewards itself, where it is a reward model; else those that it was trained against
 * @param curves of its training, by metric
 * @param hub what only its owner knows
 * @param server address of the server that shows comparisons: "" where that is the page's own; null where there is none
 * @param troubles with files that could not be read, a line each
 */
public record CardData(
        String name,
        Network network,
        List<Step> line,
        List<Learned> learned,
        @Nullable Evaluation evaluation,
        List<Sat> exams,
        List<Rewarder> rewards,
        Map<String, Ends> curves,
        Hub hub,
        @Nullable String server,
        List<String> troubles) {
    public CardData {
        line = List.copyOf(line);
        learned = List.copyOf(learned);
        exams = List.copyOf(exams);
        rewards = List.copyOf(rewards);
        curves = Map.copyOf(curves);
        troubles = List.copyOf(troubles);
    }

    /** The run that made it. */
    public Step own() {
        return line.get(line.size() - 1);
    }

    /** Whether it scores rather than writes. */
    public boolean scores() {
        return network.scores();
    }

    /**
     * What the model's folder says of it.
     *
     * @param scores whether it gives one number rather than text
     * @param weights SHA-256 that its run noted; "" where it noted none
     */
    public record Network(
            String architecture,
            boolean scores,
            long parameters,
            int layers,
            int width,
            int vocabulary,
            int context,
            String weights) {}

    /**
     * A run.
     *
     * @param seconds null where that was not noted: runs of older versions, and runs that were interrupted
     * @param settings its config, flat: "ppo.lr"
     * @param words the command that began it; none where an older Heed did
     */
    public record Step(
            String run,
            String stage,
            Instant begun,
            @Nullable Double seconds,
            long seed,
            int threads,
            String precision,
            Version heed,
            List<Origin> origins,
            Map<String, String> settings,
            List<String> words) {
        public Step {
            origins = List.copyOf(origins);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            words = List.copyOf(words);
        }
    }

    /**
     * A snapshot of preferences.
     *
     * @param run that learned from it
     * @param hash SHA-256 of the file
     * @param last number of the newest preference in it
     * @param content null where the file is gone or damaged
     */
    public record Learned(String run, String hash, String file, long last, @Nullable Content content) {}

    /**
     * What a snapshot holds.
     *
     * @param preferences in all
     * @param ties among them
     * @param comparisons that taught, each by all that was said to it
     * @param prompts they are about
     * @param heldOut preferences that only measure
     * @param labelers how many preferences each gave, most first; who they are stays at home
     * @param asked how they came about; null where an older Heed did not note it
     */
    public record Content(
            int preferences,
            int ties,
            int comparisons,
            int prompts,
            int heldOut,
            List<Integer> labelers,
            @Nullable Asked asked) {
        public Content {
            labelers = List.copyOf(labelers);
        }
    }

    /**
     * How preferences came about.
     *
     * @param rounds how many are of each round; 0 is what was imported
     * @param guidelines how many were given under each, by its name and version
     * @param excluded labelers who were left out
     * @param leftOut preferences of theirs
     */
    public record Asked(SortedMap<Integer, Long> rounds, Map<String, Long> guidelines, int excluded, long leftOut) {
        public Asked {
            guidelines = Collections.unmodifiableMap(new LinkedHashMap<>(guidelines));
        }
    }

    /**
     * The loop's evaluation.
     *
     * @param file of the home that has it
     * @param card of the model, under the name by which it was judged
     * @param baseline where its training started, or what it is compared with
     * @param base the pretrained model; null where it is the model itself
     */
    public record Evaluation(String file, ModelCard card, ModelCard baseline, @Nullable ModelCard base) {}

    /** An exam, and what the model came to in it. */
    public record Sat(ExamResult exam, ExamResult.Candidate candidate) {}

    /**
     * A reward model.
     *
     * @param result on held-out preferences, one by one; null where its run has no file of them
     * @param file of the run that would have it
     * @param evaluated what the loop's evaluation says of it; null where that is about another
     */
    public record Rewarder(
            String run, @Nullable HeldOutResult result, String file, DemoResult.@Nullable RewardModel evaluated) {
        /**
         * What the accuracy can be expected to reach: from that on new facts to that on known ones, where labelers are simulated;
         * else at most what their agreement allows.
         */
        Interval ceiling() {
            if (evaluated != null) {
                double known = evaluated.ceiling();
                double fresh = evaluated.ceilingNewFacts();
                return new Interval((known + fresh) / 2, Math.min(known, fresh), Math.max(known, fresh));
            }
            return result == null ? Interval.NONE : result.people().ceiling();
        }
    }

    /** A metric's mean over the first and over the last tenth of the steps. */
    public record Ends(double first, double last) {}

    /** What goes into the head of a card for the Hub, each "" where unknown. */
    public record Hub(String license, String language, String baseModel) {
        public static final Hub UNKNOWN = new Hub("", "", "");
    }
}
