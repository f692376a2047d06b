package dev.heed.serve;

import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.run.RunDir;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.text.BpeTrainer;
import dev.heed.text.Tokenizer;
import dev.heed.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A home with a model that writes, letters beyond ASCII among its tokens, and one that scores; both know nothing. */
public final class Home {
    public static final Torch TORCH = Torch.start(2, Precision.FP32);
    static final int CONTEXT = 160;
    public static final String WRITER = "writer";
    public static final String JUDGE = "judge";

    private Home() {}

    public static void make(Path home) {
        Path words = RunDir.at(home, "tokenizer").model();
        List<String> corpus = new ArrayList<>();
        World.of(1).corpus(100).forEach(corpus::add);
        corpus.add("naïve café — déjà vu 🦊🦉 日本語 ".repeat(40));
        BpeTrainer.train(corpus, 400, words);
        try (Tokenizer tokenizer = Tokenizer.load(words)) {
            write(home, WRITER, tokenizer, 1);
            RunDir judge = begun(home, JUDGE);
            tokenizer.saveTo(judge.model());
            try (Transformer model = Transformer.create(TORCH, shape(tokenizer), Head.SCALAR, 2)) {
                new RewardModel(model, new RewardModel.Scale(.1, .5)).save(judge.model());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** A model of other random weights for each seed. */
    public static void write(Path home, String name, Tokenizer tokenizer, long seed) {
        RunDir run = begun(home, name);
        tokenizer.saveTo(run.model());
        try (Transformer model = Transformer.create(TORCH, shape(tokenizer), Head.LANGUAGE, seed)) {
            model.save(run.model());
        }
    }

    private static RunDir begun(Path home, String name) {
        RunDir run = RunDir.at(home, name);
        run.begin(Map.of());
        return run;
    }

    private static ModelConfig shape(Tokenizer tokenizer) {
        return ModelConfig.llama(
                tokenizer.size(),
                32,
                2,
                2,
                2,
                64,
                CONTEXT,
                10_000,
                1e-5,
                true,
                tokenizer.bos(),
                tokenizer.eos(),
                tokenizer.pad());
    }
}
