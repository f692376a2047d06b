package dev.heed.serve;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Transformer;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.sample.Filters;
import dev.heed.sample.Growing;
import dev.heed.sample.LiveSampler;
import dev.heed.sample.LiveSampler.Wanted;
import dev.heed.tensor.Torch;
import dev.heed.text.ChatTemplate;
import dev.heed.text.Tokenizer;
import dev.heed.web.ModelHost.Drawing;
import dev.heed.web.ModelHost.Opening;
import dev.heed.web.ModelHost.Question;
import dev.heed.web.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A loaded model that writes. All who ask it at the same time are answered together. */
final class Writer implements Loaded {
    private final Transformer model;
    private final Tokenizer tokenizer;
    private final ChatTemplate chat;
    private final ChatTemplate plain;
    private final LiveSampler sampler;
    private final int context;

    private Writer(Transformer model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        chat = ChatTemplate.of(tokenizer);
        plain = new ChatTemplate.Plain(tokenizer);
        context = Footprint.context(model.config());
        sampler = new LiveSampler(model, Footprint.MOST_KEPT, tokenizer.eos());
    }

    static Writer load(Torch torch, Path dir) {
        Tokenizer tokenizer = Tokenizer.load(dir);
        try {
            ModelConfig config = ModelConfig.read(dir);
            Loaded.expectTogether(dir, tokenizer, config);
            return new Writer(Transformer.load(torch, dir, Head.LANGUAGE), tokenizer);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Begins to answer; {@code after} runs when nobody listens any longer. */
    Reply answer(Question question, Runnable after) {
        long seed = question.seed() == null ? UUID.randomUUID().getLeastSignificantBits() : question.seed();
        List<Wanted> wanted = new ArrayList<>();
        List<Growth> growths = new ArrayList<>();
        int promptTokens = 0;
        for (Opening opening : question.openings()) {
            ChatTemplate template = opening instanceof Opening.Conversation ? chat : plain;
            int[] prompt = prompt(opening);
            promptTokens += prompt.length;
            Decoding decoding = decoding(question, prompt.length, about(opening));
            for (int choice = 0; choice < question.choices(); choice++) {
                // With a seed, what a prompt gets does not depend on the others of its request.
                long key = question.seed() == null ? wanted.size() : choice;
                growths.add(new Growth(growths.size(), template::text, question.stop(), tokenizer));
                wanted.add(new Wanted(prompt, decoding, seed, key, question.likeliest()));
            }
        }
        return new Reply(begin(wanted), growths, promptTokens, after);
    }

    private Growing begin(List<Wanted> wanted) {
        try {
            return sampler.begin(wanted);
        } catch (UserError e) {
            throw new Refusal(400, "prompt", "invalid_value", String.valueOf(e.getMessage()));
        }
    }

    private int[] prompt(Opening opening) {
        if (opening instanceof Opening.Ids ids) {
            return ids.ids().stream().mapToInt(id -> id).toArray();
        }
        return opening instanceof Opening.Conversation conversation
                ? Loaded.prompt(chat, conversation.messages())
                : plain.prompt(Prompt.ofText(((Opening.Plain) opening).text(), "", Split.TRAIN));
    }

    private static String about(Opening opening) {
        return opening instanceof Opening.Conversation ? "messages" : "prompt";
    }

    private Decoding decoding(Question question, int prompt, String about) {
        int room = context - prompt;
        if (room < 1) {
            throw tooLong(
                    about,
                    "%s has %d tokens, which leaves no room in the model's context of %d; shorten it"
                            .formatted(about, prompt, context));
        }
        int most = question.maxTokens() == null ? room : question.maxTokens();
        if (most > room) {
            throw tooLong(
                    "max_tokens",
                    "%s of %d tokens and max_tokens of %d exceed the model's context of %d; ask for at most %d"
                            .formatted(about, prompt, most, context, room));
        }
        Drawing drawing = question.drawing();
        return new Decoding(
                drawing.temperature(),
                most,
                new Filters(
                        drawing.topK(),
                        drawing.topP(),
                        drawing.minP(),
                        drawing.typicalP(),
                        drawing.repetitionPenalty(),
                        drawing.noRepeatNgram()));
    }

    private static Refusal tooLong(String about, String message) {
        return new Refusal(400, about, "context_length_exceeded", message);
    }

    boolean busy() {
        return sampler.busy();
    }

    @Override
    public void close() {
        sampler.close();
        model.close();
        tokenizer.close();
    }
}
