package dev.heed.serve;

import dev.heed.model.ModelConfig;
import dev.heed.model.RewardModel;
import dev.heed.tensor.Torch;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.web.ModelHost.Opening;
import dev.heed.web.ModelHost.Scores;
import dev.heed.web.ModelHost.Text;
import dev.heed.web.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A loaded model that scores. Texts that come while it reads are read together next. */
final class Judge implements Loaded {
    private final RewardModel model;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final Object reading = new Object();
    private List<Waiting> waiting = new ArrayList<>();

    /** Texts of one request, and once they are read, what became of them. */
    private static final class Waiting {
        private final List<int[]> rows;
        private float[] scores = {};
        private boolean read;

        Waiting(List<int[]> rows) {
            this.rows = rows;
        }
    }

    private Judge(RewardModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        template = ChatTemplate.of(tokenizer);
    }

    static Judge load(Torch torch, Path dir) {
        Tokenizer tokenizer = Tokenizer.load(dir);
        try {
            Loaded.expectTogether(dir, tokenizer, ModelConfig.read(dir));
            return new Judge(RewardModel.load(torch, dir), tokenizer);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    Scores score(List<Text> texts) {
        List<int[]> rows = texts.stream().map(this::row).toList();
        Waiting mine = new Waiting(rows);
        synchronized (this) {
            waiting.add(mine);
        }
        synchronized (reading) { // who comes first reads for all who wait
            if (!mine.read) {
                read(taken());
            }
        }
        return new Scores(
                IntStream.range(0, mine.scores.length)
                        .mapToObj(i -> (double) mine.scores[i])
                        .toList(),
                rows.stream().mapToInt(row -> row.length).sum());
    }

    private synchronized List<Waiting> taken() {
        List<Waiting> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }

    private void read(List<Waiting> all) {
        float[] scores =
                model.scores(all.stream().flatMap(one -> one.rows.stream()).toList());
        int from = 0;
        for (Waiting one : all) {
            one.scores = Arrays.copyOfRange(scores, from, from + one.rows.size());
            one.read = true;
            from += one.rows.size();
        }
    }

    private int[] row(Text text) {
        int[] prompt = Loaded.prompt(template, ((Opening.Conversation) text.opening()).messages());
        int[] row = IntStream.concat(Arrays.stream(prompt), Arrays.stream(template.completion(text.completion())))
                .toArray();
        int context = model.model().config().context();
        if (row.length > context) {
            throw new Refusal(
                    400,
                    "completion",
                    "context_length_exceeded",
                    "prompt and completion have %d tokens, the model's context is %d; shorten them"
                            .formatted(row.length, context));
        }
        return row;
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
