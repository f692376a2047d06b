package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Json;
import dev.heed.run.Knob;
import dev.heed.run.UserError;
import dev.heed.text.SentenceFile;
import dev.heed.train.Ppo;
import dev.heed.train.RewardTraining;
import java.nio.file.Path;
import java.util.List;

/**
 * The loop on real input: a checkpoint of Hugging Face's that writes stories learns from labelled sentences of film reviews to
 * write kinder ones, and a bag of words that saw other sentences says whether it does. The task is that of Ziegler et al.
 * 2019, section 3.1: to go on, in a mood.
 */
final class StoriesCommand implements Command<StoriesCommand.Knobs> {
    private static final int SCALE_SAMPLES = 256;
    private static final int WATCHED = 16;

    record Knobs(
            @Knob(value = Knob.REQUIRED, help = "folder of a Llama checkpoint that writes stories, or a run")
                    String policy,
            @Knob(value = Knob.REQUIRED, label = "ZIP", help = "sentence polarity data, as NLTK packs it")
                    Path sentences,
            @Knob(value = "0", help = "pairs of sentences at most; 0: half of the data") int pairs,
            @Knob(value = "0.15", help = "share of the pairs that only measure the reward model") double heldOut,
            @Knob(value = "1000", help = "story openings at most; a tenth is held out") int openings,
            @Knob(value = "4", help = "continuations of each held-out opening in the evaluation") int examSamples,
            Sampling sampling,
            @Knob("reward") RewardTraining.Config reward,
            @Knob("ppo") Ppo.Config ppo) {
        Knobs {
            dev.heed.run.Knobs.atLeast("pairs", pairs, 0);
            dev.heed.run.Knobs.between("held-out", heldOut, 0.01, 0.9);
            dev.heed.run.Knobs.atLeast("openings", openings, 40);
            dev.heed.run.Knobs.atLeast("exam-samples", examSamples, 1);
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public StoriesResult run(Context context, Knobs knobs) throws Exception {
        Path checkpoint = Models.expect(context.home(), knobs.policy());
        SentencePairs sentences = SentencePairs.of(SentenceFile.read(knobs.sentences()));
        List<Prompt> openings = Openings.some(knobs.openings());
        List<Prompt> known = of(openings, Split.TRAIN);
        List<Prompt> unknown = of(openings, Split.HELD_OUT);
        Path file = context.home().resolve("stories").resolve("preferences.jsonl");
        sentences.write(file, openings, knobs.pairs(), knobs.heldOut(), context.seed());
        new ImportCommand().run(context, new ImportCommand.Knobs("preferences", file, "", false, ""));
        Stages stages = new Stages(context);
        try (Feedback feedback = context.feedback()) {
            feedback.addPrompts(openings);
            Snapshot preferences = feedback.snapshot(context.home().resolve("snapshots"));
            Path reward = stages.rewards(cutOff(knobs.ppo()))
                    .reward(
                            "reward",
                            checkpoint,
                            preferences,
                            first(SCALE_SAMPLES, known),
                            knobs.sampling().decoding(),
                            knobs.reward());
            Path kinder = stages.online(
                    "ppo",
                    OnlineMethod.ppo(knobs.ppo()),
                    new Cast(checkpoint, checkpoint, reward),
                    known,
                    first(WATCHED, unknown),
                    knobs.sampling().decoding());
            StoriesResult result = new StoriesExam(context, stages, knobs, sentences, unknown)
                    .of(checkpoint, kinder, reward, Snapshot.read(preferences.file()));
            Json.write(context.home().resolve("result.json"), result);
            return result;
        }
    }

    private static RewardStage.CutOff cutOff(Ppo.Config ppo) {
        return ppo.scoresCutOff() ? RewardStage.CutOff.ENDED : RewardStage.CutOff.AS_IT_STANDS;
    }

    private static List<Prompt> of(List<Prompt> openings, Split split) {
        List<Prompt> found =
                openings.stream().filter(prompt -> prompt.split() == split).toList();
        if (found.isEmpty()) {
            throw new UserError("none of %d openings is %s; raise --openings".formatted(openings.size(), split));
        }
        return found;
    }

    private static List<Prompt> first(int count, List<Prompt> prompts) {
        return prompts.subList(0, Math.min(count, prompts.size()));
    }
}
