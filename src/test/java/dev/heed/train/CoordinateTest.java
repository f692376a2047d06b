package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heed.model.Dial;
import dev.heed.model.Head;
import dev.heed.model.ModelConfig;
import dev.heed.model.Parametrisation;
import dev.heed.model.Transformer;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The coordinate check of Yang et al. 2022, appendix D.1: how activations grow with width after a few steps. */
class CoordinateTest {
    private static final int[] WIDTHS = {32, 64, 128, 256};
    private static final int STEPS = 8;

    @TempDir
    static Path folder;

    private static Toy toy;

    @BeforeAll
    static void open() {
        toy = new Toy(folder);
    }

    @AfterAll
    static void close() {
        toy.close();
    }

    private static ModelConfig config(int width, boolean tied) {
        Dial dial = Dial.of(width);
        Tokenizer t = toy.tokenizer;
        return ModelConfig.llama(
                t.size(),
                width,
                2, // depth is held, to see width alone
                dial.heads(),
                dial.heads(),
                dial.intermediate(),
                64,
                10_000,
                1e-5,
                tied,
                t.bos(),
                t.eos(),
                t.pad());
    }

    /** Root mean squares of residual stream and logits after some steps, of the mean over three seeds. */
    private static double[] sizes(Parametrisation kind, int width) {
        double[] mean = new double[4];
        for (long seed = 1; seed <= 3; seed++) {
            try (Transformer model =
                            Transformer.create(Toy.TORCH, config(width, kind.tied()), Head.LANGUAGE, kind, seed);
                    Pretrain pretrain = new Pretrain(
                            model, kind, toy.blocks(), new Pretrain.Config(STEPS, 8, 24, .02, 0, 0, 1, STEPS), seed)) {
                for (int step = 0; step < STEPS; step++) {
                    pretrain.step(step);
                }
                double[] sizes = model.sizes(Arrays.copyOf(toy.blocks(), 16));
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += sizes[i] / 3;
                }
            }
        }
        return mean;
    }

    /** d ln(size) / d ln(width), by least squares. */
    private static double[] growth(Parametrisation kind) {
        double[][] sizes =
                Arrays.stream(WIDTHS).mapToObj(width -> sizes(kind, width)).toArray(double[][]::new);
        double[] growth = new double[4];
        double middle = Arrays.stream(WIDTHS).mapToDouble(Math::log).average().orElseThrow();
        for (int part = 0; part < growth.length; part++) {
            double xy = 0;
            double xx = 0;
            for (int i = 0; i < WIDTHS.length; i++) {
                double x = Math.log(WIDTHS[i]) - middle;
                xy += x * Math.log(sizes[i][part]);
                xx += x * x;
            }
            growth[part] = xy / xx;
        }
        return growth;
    }

    @Test
    void activationsStayAsTheyAreOverWidth() {
        assertThat(growth(Parametrisation.MUP)).containsExactly(new double[4], within(.15));
    }

    @Test
    void withThePlainParametrisationTheyGrow() {
        double[] growth = growth(Parametrisation.PLAIN);
        assertThat(growth[1]).as("of the residual stream after a layer").isGreaterThan(1);
        assertThat(growth[2]).as("of the residual stream after two").isGreaterThan(1);
        assertThat(growth[3]).as("of the logits").isGreaterThan(.2);
    }

    @ParameterizedTest
    @EnumSource(Parametrisation.class)
    void atTheBaseAllHaveOneRate(Parametrisation kind) {
        ModelConfig base = config(Dial.BASE, false);
        try (Transformer model = Transformer.create(Toy.TORCH, base, Head.LANGUAGE, kind, 1)) {
            assertThat(model.parameters().names()).allSatisfy(name -> assertThat(
                            kind.pace(name, model.parameters().expect(name).getShape(), base)
                                    .lr())
                    .isEqualTo(1));
        }
    }
}
