package dev.heed;

import dev.heed.model.RewardModel;
import dev.heed.tensor.Torch;
import dev.heed.train.Ensemble;
import dev.heed.train.Reward;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The reward models that score a policy, closed together. */
record Judges(List<RewardModel> models, Ensemble.Rule rule) implements AutoCloseable {
    static Judges load(Torch torch, Stages.Cast cast) {
        Judges judges = new Judges(new ArrayList<>(), cast.rule());
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
        return new Judges(models.stream().map(model -> model.ending(eos)).toList(), rule);
    }

    /** What they say together. */
    Reward reward() {
        return models.size() == 1
                ? models.get(0)::scores
                : new Ensemble(
                        models.stream().<Reward>map(model -> model::scores).toList(), rule);
    }

    /** A copy of the first to start a critic from: values come from one network. */
    RewardModel critic() {
        return models.get(0).copy();
    }

    @Override
    public void close() {
        models.forEach(RewardModel::close);
    }
}
