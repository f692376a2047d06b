package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heed.feedback.Message;
import dev.heed.model.Batch;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.tensor.Learner;
import dev.heed.text.Conversation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SftTest {
    /** Rows of one length and of several are multiplied and added up in another order. */
    private static final float ROUNDING = 2e-5f;

    private static final List<Message> TALK = List.of(
            new Message(Message.Role.SYSTEM, "Be kind."),
            Message.user("Where is the otter?"),
            new Message(Message.Role.ASSISTANT, "In the mill."),
            Message.user("And the hare?"),
            new Message(Message.Role.ASSISTANT, "By the river."));

    @TempDir
    static Path folder;

    private static Toy toy;

    @BeforeAll
    static void makeToy() {
        toy = new Toy(folder);
    }

    @AfterAll
    static void forget() {
        toy.close();
    }

    private static Sft.Config config(String... options) {
        return Knobs.of(Sft.Config.class, options);
    }

    private static Sft.Example talk() {
        Conversation talk = toy.template.conversation(TALK);
        return new Sft.Example(talk.ids(), talk.spoken());
    }

    /** Demonstrations of an answer each, and a conversation. */
    private static List<Sft.Example> examples() {
        List<Sft.Example> examples = new ArrayList<>(toy.demonstrations());
        examples.add(7, talk());
        return examples;
    }

    // ---- what counts ----

    @Test
    void everyTurnOfTheAssistantsCountsAndNothingElse() {
        Sft.Example talk = talk();
        List<Integer> said = IntStream.range(0, talk.row().length)
                .filter(t -> talk.counted()[t])
                .mapToObj(t -> talk.row()[t])
                .toList();
        List<Integer> expected = new ArrayList<>();
        for (String turn : List.of("In the mill.", "By the river.")) {
            Arrays.stream(toy.template.completion(turn)).forEach(expected::add);
        }
        assertThat(said).isEqualTo(expected);
    }

    @Test
    void theLossIsTheMeanSurpriseAtThoseTokens() {
        Sft.Example talk = talk();
        try (Transformer model = toy.language(5);
                Sft sft = new Sft(model, List.of(talk), config("--batch=1"), 5);
                NDManager scope = Toy.TORCH.manager().newSubManager()) {
            float[] all = model.logProbs(scope, Batch.whole(new int[][] {talk.row()}), 1)
                    .toFloatArray();
            double surprise = IntStream.range(1, talk.row().length)
                    .filter(t -> talk.counted()[t])
                    .mapToDouble(t -> -all[t - 1])
                    .average()
                    .orElseThrow();
            Sft.Metrics metrics = sft.step(0);
            assertThat(metrics.loss()).isCloseTo(surprise, within(1e-5));
            assertThat(metrics.tokens()).isEqualTo(talk.count()).isLessThan(talk.row().length - 1);
        }
    }

    // ---- a step in parts, packed or not ----

    @ParameterizedTest
    @CsvSource({"0,0", "0,5", "200,0", "200,5"})
    void partsOfAStepAddUpToTheSameHoweverManyThereAre(int pack, double alpha) {
        try (Transformer model = toy.language(5);
                Sft sft = new Sft(model, examples(), config("--pack=" + pack, "--neftune-alpha=" + alpha), 5)) {
            int[] taken = {3, 7, 11, 30, 12, 0};
            List<Batch> two = sft.parts(taken, 4, 1 << 20);
            List<Batch> parts = sft.parts(taken, 4, 100);
            assertThat(two).as("one for each of two threads").hasSize(2);
            assertThat(parts).hasSizeGreaterThan(2);
            sameLossAndGradients(two, parts);
        }
    }

    @Test
    void aPackedRowIsItsDemonstrationsOneByOne() {
        List<Sft.Example> examples = examples();
        int[] lengths = examples.stream().mapToInt(e -> e.row().length).toArray();
        int[] row = Packing.of(lengths, 200).stream()
                .filter(packed -> packed.length > 2)
                .findFirst()
                .orElseThrow();
        List<Batch> alone = Arrays.stream(row)
                .mapToObj(i -> new Batch(
                        new int[][] {examples.get(i).row()},
                        new boolean[][] {examples.get(i).counted()}))
                .toList();
        try (Transformer model = toy.language(5);
                Sft sft = new Sft(model, examples, config("--pack=200"), 5)) {
            sameLossAndGradients(sft.parts(row, 0, 1 << 20), alone);
        }
    }

    private static void sameLossAndGradients(List<Batch> one, List<Batch> other) {
        int tokens = one.stream().mapToInt(Batch::count).sum();
        assertThat(other.stream().mapToInt(Batch::count).sum()).isEqualTo(tokens);
        Gone first = Gone.over(one, tokens);
        Gone second = Gone.over(other, tokens);
        assertThat(second.loss).isCloseTo(first.loss, within((double) ROUNDING));
        first.gradients.forEach((name, gradient) ->
                assertThat(second.gradients.get(name)).as(name).containsExactly(gradient, within(ROUNDING)));
    }

    /** What batches accumulate. */
    private record Gone(double loss, TreeMap<String, float[]> gradients) {
        static Gone over(List<Batch> parts, int tokens) {
            TreeMap<String, float[]> gradients = new TreeMap<>();
            try (Transformer model = toy.language(6);
                    Learner learner = Learning.learner(model, 0, 0)) {
                double loss = 0;
                for (Batch part : parts) {
                    loss += learner.accumulate(scope -> Learning.surprise(model, scope, part, tokens));
                }
                for (String name : model.parameters().names()) {
                    try (NDArray gradient = model.parameters().expect(name).getGradient()) {
                        gradients.put(name, gradient.toFloatArray());
                    }
                }
                assertThat(learner.step(0)).as("there are some to compare").isGreaterThan(0.1f);
                return new Gone(loss, gradients);
            }
        }
    }

    @Test
    void whatStandsBesideADemonstrationInItsRowDoesNotMatter() {
        int[][] rows = {{1, 5, 6, 7, 2}, {1, 9, 3, 8, 4, 2}};
        int[][] others = {{1, 5, 6, 7, 2}, {1, 30, 31, 32, 33, 2}};
        try (Transformer model = toy.language(5);
                NDManager scope = Toy.TORCH.manager().newSubManager()) {
            float[] first = model.logProbs(scope, Batch.whole(rows), 1).toFloatArray();
            float[] second = model.logProbs(scope, Batch.whole(others), 1).toFloatArray();
            assertThat(Arrays.copyOf(second, 4)).containsExactly(Arrays.copyOf(first, 4));
            assertThat(second[4]).isNotEqualTo(first[4]);
        }
    }

    @Test
    void aStepOfPackedRowsTakesAsManyTokensAsTheyHold() {
        List<Sft.Example> examples = examples();
        int all = examples.stream().mapToInt(e -> e.row().length).sum();
        try (Transformer model = toy.language(5);
                Sft packed = new Sft(model, examples, config("--batch=1", "--pack=256"), 5)) {
            assertThat(packed.steps()).as("rows nearly full").isBetween((all + 255L) / 256, all / 240L + 1);
            int learned = 0;
            for (long step = 0; step < packed.steps(); step++) {
                learned += packed.step(step).tokens();
            }
            assertThat(learned)
                    .as("a pass takes each demonstration once")
                    .isEqualTo(examples.stream().mapToInt(Sft.Example::count).sum());
        }
    }

    // ---- noise ----

    @Test
    void noiseDependsOnTheSeedTheStepAndTheTextAlone() {
        int[][] rows = {{1, 5, 6, 7}, {1, 9}};
        Neftune noise = new Neftune(5, 8, 3);
        float[][] drawn = noise.of(rows, new int[] {4, 9}, 2);
        float[][] swapped = noise.of(new int[][] {rows[1], rows[0]}, new int[] {9, 4}, 2);
        assertThat(swapped[1]).containsExactly(drawn[0]);
        assertThat(swapped[0]).containsExactly(drawn[1]);
        assertThat(noise.of(rows, new int[] {4, 9}, 3)[0]).isNotEqualTo(drawn[0]);
        assertThat(new Neftune(5, 8, 4).of(rows, new int[] {4, 9}, 2)[0]).isNotEqualTo(drawn[0]);
        assertThat(noise.of(rows, new int[] {5, 9}, 2)[0]).isNotEqualTo(drawn[0]);
        assertThat(new Neftune(0, 8, 3).of(rows, new int[] {4, 9}, 2)).isEmpty();
    }

    @Test
    void noiseIsUniformWithinAlphaOverTheRootOfTheTextsSize() {
        int length = 100;
        int width = 64;
        float most = (float) (5 / Math.sqrt(length * width));
        float[] noise = new Neftune(5, width, 3).of(new int[][] {new int[length]}, new int[] {0}, 0)[0];
        assertThat(noise).hasSize(length * width);
        double sum = 0;
        double squares = 0;
        for (float number : noise) {
            assertThat(Math.abs(number)).isLessThanOrEqualTo(most);
            sum += number;
            squares += number * number;
        }
        assertThat(sum / noise.length).isCloseTo(0, within(0.03 * most)); // four standard errors
        assertThat(Math.sqrt(squares)).as("its norm").isCloseTo(5 / Math.sqrt(3), within(0.1));
    }

    @Test
    void noiseIsAddedToTheEmbeddings() {
        Batch quiet = Batch.whole(new int[][] {{1, 5, 6, 7}, {1, 9}});
        try (Transformer model = toy.language(5);
                NDManager scope = Toy.TORCH.manager().newSubManager()) {
            int width = model.config().width();
            NDArray table = model.parameters().expect("embedding");
            float[] embeddings = table.toFloatArray();
            // What is added makes a 5 of the 9: then the model must say what it says of a 5.
            float[][] added = {new float[4 * width], new float[2 * width]};
            for (int c = 0; c < width; c++) {
                added[1][width + c] = embeddings[5 * width + c] - embeddings[9 * width + c];
            }
            Batch noisy = new Batch(new int[][] {{1, 5, 6, 7}, {1, 9, 4}}, new int[] {1, 2})
                    .with(new float[][] {added[0], Arrays.copyOf(added[1], 3 * width)});
            Batch meant = new Batch(new int[][] {{1, 5, 6, 7}, {1, 5, 4}}, new int[] {1, 2});
            float[] said = model.logProbs(scope, noisy, 1).toFloatArray();
            assertThat(said).containsExactly(model.logProbs(scope, meant, 1).toFloatArray(), within(ROUNDING));
            assertThat(Arrays.copyOf(said, 3))
                    .as("the other row is as it was")
                    .containsExactly(
                            Arrays.copyOf(model.logProbs(scope, quiet, 1).toFloatArray(), 3), within(ROUNDING));
        }
    }

    // ---- and all together ----

    @ParameterizedTest
    @ValueSource(strings = {"--batch=8", "--batch=2 --pack=256", "--batch=8 --neftune-alpha=5"})
    void learnsWhatIsShown(String options) {
        List<String> words = new ArrayList<>(List.of("--epochs=8", "--lr=0.01"));
        words.addAll(List.of(options.split(" ")));
        try (Transformer model = toy.language(5);
                Sft sft = new Sft(model, examples(), config(words.toArray(String[]::new)), 5)) {
            double first = sft.step(0).loss();
            double last = first;
            for (long step = 1; step < sft.steps(); step++) {
                last = sft.step(step).loss();
            }
            assertThat(last).isLessThan(first - 1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--pack=-1          | --pack must be at least 0, was -1",
                "--neftune-alpha=-1 | --neftune-alpha must be at least 0, was -1.0",
            })
    void refusesWhatCannotBe(String option, String message) {
        assertThatThrownBy(() -> config(option.strip()))
                .isInstanceOf(UserError.class)
                .hasMessage(message.strip());
    }
}
