package dev.heed.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heed.model.Head;
import dev.heed.model.Transformer;
import dev.heed.quality.Bootstrap;
import dev.heed.sample.Decoding;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.text.ExamFile;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The figures of 200 questions each of TruthfulQA, BIG-Bench Hard and GSM8K are those that docs/exams.py computed with
 * transformers on stories260K: accuracies exactly, log-probabilities to 1e-4, or to a millionth where a text has more than 100
 * nats, of which float32 keeps no more. Skipped where weights and questions are not there.
 */
class ExamAgreementTest {
    private static final int ITEMS = 200;

    private static Offset<Double> close(double nats) {
        return within(Math.max(1e-4, 1e-6 * Math.abs(nats)));
    }

    private static Path data(String path) {
        Path file = Path.of(System.getProperty("heed.shared", "../shared"), "data", path);
        Assumptions.assumeTrue(Files.exists(file), "skipped, not there: " + file);
        return file;
    }

    private static JsonNode theirs(String exam) throws IOException {
        try (InputStream in = ExamAgreementTest.class.getResourceAsStream("stories260k.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in)).path(exam);
        }
    }

    private static List<Marked> sat(String exam) {
        Path folder = data("models/stories260K");
        List<ExamItem> all = ExamFile.read(data(exam)).items();
        Torch torch = Torch.start(2, Precision.FP32);
        try (Tokenizer tokenizer = Tokenizer.load(folder);
                Transformer model = Transformer.load(torch, folder, Head.LANGUAGE)) {
            Asking asking = new Asking(tokenizer, Asking.Form.PLAIN, Asking.Listing.TEXT, Shots.NONE);
            Sitting sitting = new Sitting(model, asking, Marker.NONE, new Sitting.Writing(Decoding.greedy(64), 1, 1));
            List<ExamItem> some = all.stream()
                    .filter(item -> sitting.tooLong(List.of(item)).isEmpty())
                    .limit(ITEMS)
                    .toList();
            return sitting.of(exam, some);
        }
    }

    private static void agree(String exam, String name) throws IOException {
        List<Marked> marked = sat(exam);
        JsonNode theirs = theirs(name);
        assertThat(marked).hasSize(ITEMS);
        for (int q = 0; q < ITEMS; q++) {
            List<String> options = ((Choice) marked.get(q).item().key()).options();
            OptionScores ours = Objects.requireNonNull(marked.get(q).scores());
            int[] byText = IntStream.range(0, options.size())
                    .boxed()
                    .sorted(Comparator.comparing(options::get))
                    .mapToInt(i -> i)
                    .toArray();
            JsonNode scores = theirs.path("scores").path(q);
            assertThat(scores.path(0)).hasSize(options.size());
            for (int i = 0; i < byText.length; i++) {
                String place = marked.get(q).item().place() + ": " + options.get(byText[i]);
                assertThat(ours.asked()[byText[i]])
                        .as(place)
                        .isCloseTo(scores.path(0).path(i).asDouble(), close(ours.asked()[byText[i]]));
                assertThat(ours.unasked()[byText[i]])
                        .as("without a question: " + place)
                        .isCloseTo(scores.path(1).path(i).asDouble(), close(ours.unasked()[byText[i]]));
            }
        }
        for (Way way : Way.values()) {
            double right = marked.stream().mapToDouble(m -> m.points(way)).sum();
            assertThat(right)
                    .as("right by " + way)
                    .isEqualTo(theirs.path("right")
                            .path(way.name().toLowerCase(java.util.Locale.ROOT))
                            .asDouble());
        }
    }

    @Test
    void truthfulQaIsAsTransformersHasIt() throws IOException {
        agree("sft/truthfulqa/TruthfulQA.csv", "truthfulqa");
    }

    @Test
    void aTaskOfBigBenchHardIsAsTransformersHasIt() throws IOException {
        agree("sft/bbh/date_understanding.json.gz", "task");
    }

    @Test
    void gsm8kIsAsTransformersHasIt() throws IOException {
        List<Marked> marked = sat("sft/gsm8k/test.jsonl.gz");
        JsonNode theirs = theirs("gsm8k");
        assertThat(marked).hasSize(ITEMS);
        for (int q = 0; q < ITEMS; q++) {
            JsonNode key = theirs.path("keys").path(q);
            if (key.isNumber()) {
                assertThat(marked.get(q).keyLogProb())
                        .as(marked.get(q).item().place())
                        .isCloseTo(key.asDouble(), close(key.asDouble()));
            }
            JsonNode number = theirs.path("numbers").path(q);
            Optional<BigDecimal> said = Marking.number(marked.get(q).answers().get(0));
            assertThat(said.map(BigDecimal::doubleValue))
                    .as(marked.get(q).item().place())
                    .isEqualTo(number.isNumber() ? Optional.of(number.asDouble()) : Optional.empty());
        }
        assertThat(marked.stream().mapToDouble(m -> m.points(Way.PLAIN)).sum())
                .isEqualTo(theirs.path("right").asDouble());
    }

    @Test
    void theReportOfAChoiceExamAddsUp() throws IOException {
        List<Marked> marked = sat("sft/bbh/date_understanding.json.gz");
        Paper paper = Paper.ungraded("dates", marked.stream().map(Marked::item).toList());
        ExamResult.Candidate candidate = new Grading(paper, Way.PLAIN, 10, new Bootstrap(1, 100))
                .of("stories260K", marked, new double[0], new Population(List.of()));
        assertThat(candidate.accuracy().mean() * ITEMS)
                .isEqualTo(theirs("task").path("right").path("plain").asDouble(), within(1e-9));
        Reliability reliability = Objects.requireNonNull(candidate.reliability());
        assertThat(reliability.questions()).isEqualTo(ITEMS);
        assertThat(reliability.refit().nll().mean())
                .isLessThan(reliability.nll().mean());
    }
}
