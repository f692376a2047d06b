package dev.heed;

import dev.heed.model.Head;
import dev.heed.model.Lora;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.tensor.Torch;
import dev.heed.text.ChatTemplate;
import dev.heed.train.Ensemble;
import dev.heed.train.Reward;
import dev.heed.train.Scoring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reward models that score a policy, closed together, and the rules beside them. */
record Judges(List<RewardModel> models, Cast cast) implements AutoCloseable {
    static Judges load(Torch torch, Cast cast) {
        Judges judges = new Judges(new ArrayList<>(), cast);
        try {
            for (Path reward : cast.rewards()) {
                judges.models.add(RewardModel.load(torch, reward));
            }
            return judges;
        } catch (RuntimeException e) {
            judges.close();
            throw e;
        }
    }

    /** The same models, reading what was cut off as if it ended there; they are closed with these. */
    Judges ending(int eos) {
        return new Judges(models.stream().map(model -> model.ending(eos)).toList(), cast);
    }

    /** What they say together. */
    Scoring scoring(ChatTemplate template) {
        return new Scoring(reward(), cast.rules().weighed(), template::text);
    }

    private @Nullable Reward reward() {
        if (models.isEmpty()) {
            return null;
        }
        return models.size() == 1
                ? models.get(0)::scores
                : new Ensemble(
                        models.stream().<Reward>map(model -> model::scores).toList(), cast.rule());
    }

    /**
     * What a critic starts from: a copy of the first reward model, or the first with adapters, as values come from one
     * network; where rules are all, the policy's trunk with a head that says 0, all of which learns.
     */
    RewardModel critic(Torch torch, Lora lora, long seed) {
        if (models.isEmpty()) {
            Transformer model = Transformer.load(torch, cast.policy(), Head.SCALAR, seed);
            model.zeroHead();
            return new RewardModel(model, RewardModel.Scale.NONE);
        }
        RewardModel first = models.get(0);
        return lora.on() ? first.adapted(lora, Draws.key(seed, "critic", 0)) : first.copy();
    }

    @Override
    public void close() {
        models.forEach(RewardModel::close);
    }
}
