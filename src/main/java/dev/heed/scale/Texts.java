package dev.heed.scale;

import dev.heed.run.UserError;
import dev.heed.text.BpeTrainer;
import dev.heed.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes a plan's tokenizer and ids from documents. */
final class Texts {
    /** More passes over a text teach hardly more (Muennighoff et al. 2023, arXiv:2305.16264). */
    private static final int MOST_PASSES = 4;

    private static final int TOKENIZER_CHARACTERS = 1_500_000;
    private static final int HELD_OUT_TOKENS = 40_000;
    private static final int FEWEST_HELD_OUT = 2_000;
    private static final int AT_ONCE = 1_000;

    private final Path folder;
    private final Documents documents;

    Texts(Path folder, Documents documents) {
        this.folder = folder;
        this.documents = documents;
    }

    static Path tokenizer(Path folder) {
        return folder.resolve("tokenizer");
    }

    /**
     * Writes tokenizer and ids.
     *
     * @param tokens that the large run wants
     */
    Source make(long tokens, Recipe recipe) {
        int vocabulary = recipe.vocabulary();
        Path dir = tokenizer(folder);
        if (!Files.exists(dir.resolve("tokenizer.json"))) {
            BpeTrainer.train(first(documents.learned().get()), vocabulary, dir);
        }
        try (Tokenizer tokenizer = Tokenizer.load(dir)) {
            if (tokenizer.size() != vocabulary) {
                throw new UserError("%s yields %d tokens, --vocabulary wants %d; ask for fewer"
                        .formatted(documents.what(), tokenizer.size(), vocabulary));
            }
            Text.Ids learned = read(tokenizer, documents.learned().get(), tokens + 1, text -> text, text -> {});
            HeldOutSum sum = new HeldOutSum();
            Text.Ids heldOut =
                    read(tokenizer, documents.heldOut().get(), HELD_OUT_TOKENS, Documents.HeldOut::text, sum::add);
            check(learned.count(), heldOut.count(), tokens);
            List<Text.Question> questions = documents.asked().stream()
                    .map(asked -> Text.Question.of(tokenizer, asked))
                    .filter(question -> question.ids().length <= recipe.length())
                    .toList();
            String hash = Text.write(folder, learned, heldOut, questions);
            long foretold = Text.read(folder, recipe.length(), hash).heldOutTokens();
            return new Source(
                    documents.what(),
                    learned.count(),
                    foretold,
                    sum.bytes,
                    Double.isNaN(sum.nats) ? 0 : sum.nats / foretold,
                    hash,
                    tokenizer.hash());
        }
    }

    /** What is known of documents to measure on. */
    private static final class HeldOutSum {
        private long bytes;
        private double nats;

        void add(Documents.HeldOut document) {
            bytes += document.text().getBytes(StandardCharsets.UTF_8).length;
            nats += document.nats();
        }
    }

    private void check(long learned, long heldOut, long wanted) {
        if (heldOut < FEWEST_HELD_OUT) {
            throw new UserError("%s leaves %,d tokens to measure on, at least %,d are needed; give more text"
                    .formatted(documents.what(), heldOut, FEWEST_HELD_OUT));
        }
        if (wanted > MOST_PASSES * learned) {
            throw new UserError(
                    "%s has %,d tokens, and the large run would read %,d, over %d times as many; give more text, or less --compute"
                            .formatted(documents.what(), learned, wanted, MOST_PASSES));
        }
    }

    private static List<String> first(Iterator<String> all) {
        List<String> first = new ArrayList<>();
        for (int characters = 0; characters < TOKENIZER_CHARACTERS && all.hasNext(); ) {
            first.add(all.next());
            characters += first.get(first.size() - 1).length();
        }
        return first;
    }

    private static <D> Text.Ids read(
            Tokenizer tokenizer, Iterator<D> all, long most, Function<D, String> text, Consumer<D> taken) {
        Text.Ids ids = new Text.Ids();
        while (ids.count() < most && all.hasNext()) {
            List<D> some = new ArrayList<>();
            while (some.size() < AT_ONCE && all.hasNext()) {
                some.add(all.next());
            }
            List<int[]> encoded = tokenizer.encodeAll(some.stream().map(text).toList());
            for (int i = 0; i < some.size() && ids.count() < most; i++) {
                ids.add(tokenizer, encoded.get(i));
                taken.accept(some.get(i));
            }
        }
        return ids;
    }
}
