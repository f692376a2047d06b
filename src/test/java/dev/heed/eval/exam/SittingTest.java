package dev.heed.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.heed.model.Batch;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.sample.Decoding;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.text.BpeTrainer;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Free;
import dev.heed.text.ExamItem.Words;
import dev.heed.text.Tokenizer;
import dev.heed.world.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A model of random weights sits small exams: what counts is that every way to the same number gives it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SittingTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final int CONTEXT = 96;

    private Tokenizer tokenizer;
    private Transformer model;

    @BeforeAll
    void make(@TempDir Path folder) {
        BpeTrainer.train(World.of(1).corpus(150), 320, folder);
        tokenizer = Tokenizer.load(folder);
        model = Transformer.create(TORCH, shape(), Head.LANGUAGE, 1);
    }

    private ModelConfig shape() {
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

    @AfterAll
    void close() {
        model.close();
        tokenizer.close();
    }

    private static ExamItem choice(int i) {
        List<String> options = List.of("near the mill", "near the pond number " + i, "well");
        return new ExamItem(
                "c" + i, "s", "Where does otter %d live?".formatted(i), new Choice(options, i % 3, -1), "", "c" + i);
    }

    private static ExamItem written(int i) {
        return new ExamItem("w" + i, "s", "Say %d.".formatted(i), new Words(List.of("word")), "", "w" + i);
    }

    private Asking asking(Asking.Form form) {
        return new Asking(tokenizer, form, Asking.Listing.TEXT, Shots.NONE);
    }

    private Sitting sitting(Asking asking, int samples) {
        return new Sitting(
                model, asking, Marker.NONE, new Sitting.Writing(Decoding.at(samples > 1 ? 1 : 0, 8), samples, 1));
    }

    /** The sum of log-softmax numbers, one row at a time, computed here from the logits. */
    private double naive(int[] before, int[] answer) {
        int[] row = IntStream.concat(IntStream.of(before), IntStream.of(answer)).toArray();
        try (NDManager scope = TORCH.manager().newSubManager()) {
            float[] logits = model.logits(scope, new Batch(new int[][] {row}, new int[] {before.length}))
                    .toFloatArray();
            int vocabulary = tokenizer.size();
            double sum = 0;
            for (int t = 0; t < answer.length; t++) {
                double normalizer = 0;
                for (int v = 0; v < vocabulary; v++) {
                    normalizer += Math.exp(logits[t * vocabulary + v]);
                }
                sum += logits[t * vocabulary + answer[t]] - Math.log(normalizer);
            }
            return sum;
        }
    }

    @Test
    void manyOptionsAtOnceScoreAsEachAlone() {
        for (Asking.Form form : Asking.Form.values()) {
            Asking asking = asking(form);
            List<ExamItem> items =
                    IntStream.range(0, 40).mapToObj(SittingTest::choice).toList();
            List<Marked> marked = sitting(asking, 1).of("toy", items);
            for (int i = 0; i < items.size(); i++) {
                OptionScores scores = Objects.requireNonNull(marked.get(i).scores());
                for (int o = 0; o < 3; o++) {
                    int[] answer = asking.answer(
                            ((Choice) items.get(i).key()).options().get(o));
                    // A few dozen float32 additions on numbers near 5.
                    assertThat(scores.asked()[o]).isCloseTo(naive(asking.question(items.get(i)), answer), within(1e-4));
                    assertThat(scores.unasked()[o]).isCloseTo(naive(asking.unasked(), answer), within(1e-4));
                }
                assertThat(scores.bytes()[0]).isEqualTo("near the mill".length());
            }
        }
    }

    @Test
    void whatElseIsAskedAndInWhichOrderChangesNoAnswer() {
        List<ExamItem> items = new ArrayList<>();
        IntStream.range(0, 6).forEach(i -> items.addAll(List.of(choice(i), written(i))));
        Sitting sitting = sitting(asking(Asking.Form.CHAT), 3);
        List<Marked> all = sitting.of("toy", items);
        assertThat(all).extracting(Marked::item).isEqualTo(items);
        Collections.reverse(items);
        List<Marked> reversed = new ArrayList<>(sitting.of("toy", items));
        Collections.reverse(reversed);
        for (int i = 0; i < all.size(); i++) {
            assertThat(reversed.get(i).answers()).isEqualTo(all.get(i).answers());
        }
        assertThat(sitting.of("toy", List.of(written(3))).get(0).answers())
                .isEqualTo(all.get(7).answers())
                .hasSize(3);
    }

    @Test
    void lettersAndExamplesStandBeforeTheQuestion() {
        Asking asking = new Asking(
                tokenizer, Asking.Form.PLAIN, Asking.Listing.LETTERS, new Shots(1, List.of(choice(1), choice(2)), 1));
        String text = tokenizer.decode(asking.question(choice(1)));
        assertThat(text)
                .isEqualTo(
                        """
                        Question: Where does otter 2 live?
                        A. near the mill
                        B. near the pond number 2
                        C. well
                        Answer: C

                        Question: Where does otter 1 live?
                        A. near the mill
                        B. near the pond number 1
                        C. well
                        Answer:""");
        assertThat(asking.options((Choice) choice(1).key())).containsExactly("A", "B", "C");
        assertThat(tokenizer.decode(asking.answer("B"))).isEqualTo(" B");
    }

    @Test
    void anAnswerInRunningTextEndsWhereAnotherQuestionWouldBegin() {
        Asking asking = asking(Asking.Form.PLAIN);
        assertThat(asking.written(tokenizer.encode(" near the mill\nQuestion: Where?\n\nx")))
                .isEqualTo("near the mill");
        assertThat(asking.written(tokenizer.encode(" a\nb\n\nc"))).isEqualTo("a\nb");
    }

    @Test
    void whatDoesNotFitTheContextIsNamed() {
        ExamItem option = new ExamItem(
                "o", "s", "Where?", new Choice(List.of("here", "there ".repeat(60)), 0, -1), "", "exam.jsonl line 4");
        ExamItem question =
                new ExamItem("q", "s", "Where? ".repeat(60), new Words(List.of("here")), "", "exam.jsonl line 5");
        List<String> errors = sitting(asking(Asking.Form.CHAT), 1).tooLong(List.of(choice(1), option, question));
        assertThat(errors).hasSize(2);
        assertThat(errors.get(0)).startsWith("exam.jsonl line 4: option 2 of ").endsWith("context of " + CONTEXT);
        assertThat(errors.get(1)).startsWith("exam.jsonl line 5: a question of ");
    }

    @Test
    void aRewardModelHoldsAnAnswerAgainstTheReferenceOrTheMean() {
        Asking asking = asking(Asking.Form.CHAT);
        try (RewardModel reward =
                new RewardModel(Transformer.create(TORCH, shape(), Head.SCALAR, 2), RewardModel.Scale.NONE)) {
            RewardMarker marker = new RewardMarker(reward, asking);
            for (String text : List.of("The mill.", "The pond near the mill.", "Go away!", "It is hard to tell.")) {
                Written alone = written(asking, free("", "a"), text);
                Written against = written(asking, free("By the river.", "b"), text);
                Written good = written(asking, free("By the river.", "b"), "By the river.");
                assertThat(marker.of(List.of(alone, against)))
                        .extracting(Marker.Mark::points)
                        .containsExactly(
                                score(reward, alone) > 0 ? 1.0 : 0.0,
                                score(reward, against) > score(reward, good) ? 1.0 : 0.0);
            }
        }
    }

    private static float score(RewardModel reward, Written answer) {
        return reward.scores(List.of(answer.row()))[0];
    }

    private Written written(Asking asking, ExamItem item, String text) {
        int[] question = asking.question(item);
        int[] row = IntStream.concat(
                        IntStream.concat(IntStream.of(question), IntStream.of(asking.answer(text))),
                        IntStream.of(tokenizer.eos()))
                .toArray();
        return new Written(item, row, question.length, text, true);
    }

    private static ExamItem free(String reference, String id) {
        return new ExamItem(id, "s", "Where " + id + "?", new Free(List.of(), List.of(), reference), "", id);
    }
}
