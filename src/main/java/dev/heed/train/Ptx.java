package dev.heed.train;

import dev.heed.model.Batch;
import dev.heed.model.Transformer;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Scaled;
import java.util.Arrays;
import java.util.List;

/**
 * The pretraining loss mixed into a policy's updates, so that what is taught does not cost what was known (Ouyang et al.
 * 2022, equation 2, PPO-ptx): γ·surprise at a token of text.
 *
 * <p>Deviation 1: the mean over tokens, so that γ is on the scale of the mean over tokens that the policy's own loss is; the
 * paper does not say over what its expectation is taken.
 */
public final class Ptx implements Beside {
    private final Transformer policy;
    private final int[][] blocks;
    private final Mix mix;
    private final Passes passes;

    /** Settings. */
    public record Mix(
            @Knob(
                            value = "",
                            label = "<file>",
                            help =
                                    "text or conversations not to be forgotten, as for heed pretrain; what the run 'pretrain' of the home learned from where none is named")
                    String text,
            @Knob(
                            value = "0.0",
                            help =
                                    "weight of the surprise at that text in each update, 0 for none; Ouyang et al. 2022: 27.8")
                    double coef,
            @Knob(value = "16", help = "blocks of text an update") int batch,
            @Knob(value = "96", help = "tokens a block") int length) {
        public Mix {
            Knobs.atLeast("coef", coef, 0);
            Knobs.atLeast("batch", batch, 1);
            Knobs.atLeast("length", length, 8);
        }

        /** Whether text is mixed in at all. */
        public boolean mixes() {
            return coef > 0;
        }
    }

    /**
     * @param policy learns
     * @param blocks rows of length + 1 ids, see {@code Corpus.blocks}
     */
    public Ptx(Transformer policy, int[][] blocks, Mix mix, long seed) {
        this.policy = policy;
        this.blocks = blocks;
        this.mix = mix;
        this.passes = new Passes(blocks.length, seed, "ptx");
    }

    @Override
    public void accumulate(Learner learner, ActorCritic.Update update) {
        List<Batch> parts = Learning.parts(
                policy,
                Arrays.stream(passes.batch(update.number(), mix.batch()))
                        .mapToObj(row -> blocks[row])
                        .toList());
        int tokens = parts.stream().mapToInt(Batch::count).sum();
        double loss = learner.accumulate(
                parts.size(),
                (scope, part) -> Scaled.times(Learning.surprise(policy, scope, parts.get(part), tokens), mix.coef()));
        update.tally().text(loss / mix.coef());
    }
}
