package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.Settings;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.train.Ppo;
import dev.heed.train.Pretrain;
import dev.heed.train.RewardTraining;
import dev.heed.train.Sft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole of reinforcement learning from human feedback, on the built-in world: {@link #run} is its table of contents.
 * Each line is done once; a loop that was stopped goes on at the line where it stopped.
 */
public final class Loop {
    private static final int SCALE_SAMPLES = 256;
    private static final int WATCHED = 64;

    private final Settings settings;
    private final Config config;
    private final Feedback feedback;
    private final Stages stages;
    private final BuiltIn world;

    /** Settings. */
    public record Config(
            @Knob(value = "36000", help = "documents of the built-in world to pretrain on") int documents,
            @Knob(value = "1280", help = "tokens that the tokenizer learns") int vocabulary,
            Shape shape,
            @Knob("pretrain") Pretrain.Config pretrain,
            @Knob(value = "1500", help = "demonstrations to fine-tune on") int demonstrations,
            @Knob("sft") Sft.Config sft,
            @Knob(value = "2", help = "times around the loop") int rounds,
            @Knob(value = "1500", help = "comparisons a round that reward models learn from") int comparisons,
            @Knob(
                            value = "450",
                            help =
                                    "comparisons a round on prompts that nothing learns from, and as many on facts that nothing learns from")
                    int heldOutComparisons,
            @Knob(value = "3", help = "simulated labelers that answer each comparison; their mean is what is learned")
                    int answers,
            @Knob("reward") RewardTraining.Config reward,
            @Knob("ppo") Ppo.Config ppo,
            @Knob(value = "48", help = "longest completion, tokens") int maxTokens,
            @Knob(value = "0.6", help = "sampling temperature, the same everywhere") double temperature,
            @Knob(value = "400", help = "held-out prompts in the evaluation") int examPrompts,
            @Knob(value = "2", help = "completions a prompt in the evaluation") int examSamples) {
        public Config {
            Knobs.atLeast("documents", documents, 100);
            Knobs.atLeast("demonstrations", demonstrations, 1);
            Knobs.between("rounds", rounds, 1, 20);
            Knobs.atLeast("comparisons", comparisons, 1);
            Knobs.atLeast("held-out-comparisons", heldOutComparisons, 1);
            Knobs.between("answers", answers, 1, 3);
            Knobs.atLeast("max-tokens", maxTokens, 4);
            Knobs.above("temperature", temperature, 0);
            Knobs.atLeast("exam-prompts", examPrompts, 10);
            Knobs.atLeast("exam-samples", examSamples, 1);
        }

        Decoding decoding() {
            return Decoding.at(temperature, maxTokens);
        }
    }

    public Loop(Settings settings, Config config, Feedback feedback, Stages stages) {
        this.settings = settings;
        this.config = config;
        this.feedback = feedback;
        this.stages = stages;
        this.world = new BuiltIn(settings.home(), settings.seed());
    }

    /** From nothing to a model that is measurably better; new comparisons wait for people at the end. */
    Outcome run() {
        Path text = world.text(config.documents());
        Path tokenizer = stages.tokenizer("tokenizer", text, config.vocabulary());
        Path base = stages.pretrain("pretrain", tokenizer, text, world.probes(), config.shape(), config.pretrain());
        Path sft = stages.sft("sft", base, world.demonstrations(config.demonstrations()), config.sft());
        for (int round = 1; round <= config.rounds(); round++) {
            ask(round, sft);
            label(round);
            learn(round, sft);
        }
        Outcome outcome = evaluate(config.rounds());
        ask(config.rounds() + 1, sft);
        return outcome;
    }

    /**
     * Once more around, on whatever has been labeled since.
     *
     * @param labelers who answers what people left open
     * @throws UserError before the first loop is done
     */
    Outcome again(Labelers labelers) {
        int round = feedback.latestRound();
        Path sft = model("sft");
        if (!RunDir.at(settings.home(), "ppo-" + (round - 1)).finished()) {
            throw new UserError(
                    "the loop has not been once around in %s; run heed demo first".formatted(settings.home()));
        }
        if (labelers == Labelers.SIMULATED) {
            label(round);
        }
        learn(round, sft);
        Outcome outcome = evaluate(round);
        ask(round + 1, sft);
        return outcome;
    }

    /** Who answers the comparisons that nobody has answered yet. */
    enum Labelers {
        PEOPLE,
        SIMULATED
    }

    /**
     * Puts two answers to each prompt before labelers: the newest policy's, and one of the model that it may not stray from.
     * Two of a policy that has learned differ by little that anybody could tell (Touvron et al. 2023, section 3.2.1, pair
     * different models for that reason), and so people say in every round whether the policy is better than its start.
     */
    private void ask(int round, Path sft) {
        List<Prompt> prompts = new ArrayList<>(feedback.addPrompts(world.prompts(config.comparisons())));
        prompts.addAll(feedback.addPrompts(world.reservedPrompts(config.heldOutComparisons())));
        prompts.addAll(feedback.addPrompts(world.newPrompts(config.heldOutComparisons())));
        stages.compare(
                "sample-" + round,
                round,
                new Stages.Writers(newest(round, sft), sft),
                prompts,
                wanted(),
                config.decoding(),
                feedback);
    }

    /** What people saw answered badly. */
    private List<Prompt> wanted() {
        return feedback.prompts(Split.TRAIN).stream()
                .filter(prompt -> prompt.kind().equals(Prompt.WANTED))
                .toList();
    }

    /** Simulated labelers answer what is open. */
    private void label(int round) {
        world.label(feedback, round, config.answers());
    }

    /** A reward model learns from every preference so far, and the policy from the reward model. */
    private void learn(int round, Path sft) {
        List<Prompt> prompts = feedback.addPrompts(world.prompts(config.comparisons()));
        Path snapshots = settings.home().resolve("snapshots");
        Snapshot preferences = stages.rewards()
                .findPreferences("reward-" + round, snapshots)
                .orElseGet(() -> feedback.snapshot(snapshots));
        Path reward = stages.rewards()
                .reward("reward-" + round, sft, preferences, some(prompts), config.decoding(), config.reward());
        stages.rewards().heldOut("reward-" + round, feedback);
        stages.online(
                "ppo-" + round,
                OnlineMethod.ppo(config.ppo()),
                new Cast(newest(round, sft), sft, reward),
                prompts,
                world.watchPrompts(WATCHED),
                config.decoding());
    }

    /**
     * All rounds that are done, judged.
     *
     * @throws UserError before the first is
     */
    Outcome evaluate() {
        int done = 0;
        while (RunDir.at(settings.home(), "ppo-" + (done + 1)).finished()) {
            done++;
        }
        if (done == 0) {
            throw new UserError("no policy in %s to evaluate; heed demo makes some".formatted(settings.home()));
        }
        return evaluate(done);
    }

    private Outcome evaluate(int rounds) {
        return new Finals(settings, config, feedback, stages, world).of(rounds);
    }

    /** The policy that a round begins with. */
    private Path newest(int round, Path sft) {
        return round == 1 ? sft : model("ppo-" + (round - 1));
    }

    private Path model(String run) {
        return RunDir.at(settings.home(), run).model();
    }

    private static List<Prompt> some(List<Prompt> prompts) {
        return prompts.subList(0, Math.min(SCALE_SAMPLES, prompts.size()));
    }
}
