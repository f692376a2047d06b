package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.tensor.Schedule.Decay;
import dev.heed.tensor.Schedule.Warmup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every case of torch's optimizer and of transformers' schedules. A new case needs no code, a new kind fails. */
class GoldenOptimTest {
    private static final Torch TORCH = Torch.start(2, Precision.FP32);
    private static final double TIMESCALE = 10_000; // of an inverse square root without warm-up
    private static final String INIT = "in.init.";
    private static final Map<String, Consumer<Golden>> RUNNERS =
            Map.of("adamw", GoldenOptimTest::adamw, "lr_schedule", GoldenOptimTest::factors);

    @TempDir
    static Path folder;

    @TestFactory
    Stream<DynamicTest> agreesWithTorchAndTransformers() {
        return Golden.all("optim").stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
                    assertThat(RUNNERS).containsKey(golden.op());
                    Objects.requireNonNull(RUNNERS.get(golden.op())).accept(golden);
                }));
    }

    private static void factors(Golden golden) {
        Schedule schedule =
                schedule(golden.config(), golden.config().path("base_lr").asDouble());
        golden.expect("out.lr_factor", multiples(schedule, 1, golden.shape("out.lr_factor")[0]));
    }

    private static void adamw(Golden golden) {
        JsonNode config = golden.config();
        double lr = config.path("lr").asDouble();
        int steps = config.path("steps").asInt();
        Schedule schedule = config.path("schedule").isNull()
                ? new Schedule(Decay.CONSTANT, 1, 0, steps, 0)
                : schedule(config.path("schedule"), lr);
        golden.expect("out.lr", multiples(schedule, lr, steps));
        try (Parameters parameters = parameters(golden);
                Learner learner = new Learner(TORCH, parameters, config(config))) {
            float[] norms = new float[steps];
            for (int step = 0; step < steps; step++) {
                int at = step;
                norms[step] = learner.minimise(
                                lr * schedule.factor(step), scope -> lossWithGradients(scope, golden, parameters, at))
                        .gradNorm();
                for (String name : parameters.names()) {
                    String tensor = "out.params." + name;
                    golden.expect(
                            tensor,
                            slice(golden, tensor, step),
                            parameters.expect(name).toFloatArray());
                }
            }
            if (golden.has("out.grad_norm_before_clip")) {
                golden.expect("out.grad_norm_before_clip", norms);
            }
            expectMoments(golden, learner, parameters.names());
        }
    }

    private static void expectMoments(Golden golden, Learner learner, Set<String> names) {
        learner.saveTo(folder);
        try (Safetensors saved = Safetensors.open(folder.resolve("optimizer.safetensors"))) {
            for (String name : names) {
                golden.expect(
                        "out.exp_avg." + name, saved.expect("mean." + name).floats());
                golden.expect(
                        "out.exp_avg_sq." + name, saved.expect("square." + name).floats());
            }
        }
    }

    // ---- reading the cases ----

    private static float[] multiples(Schedule schedule, double lr, int steps) {
        float[] multiples = new float[steps];
        for (int i = 0; i < steps; i++) {
            multiples[i] = (float) (lr * schedule.factor(i));
        }
        return multiples;
    }

    /** @param lr what {@code lr_end} and {@code min_lr} are absolute to */
    private static Schedule schedule(JsonNode config, double lr) {
        JsonNode own = config.has("specific") ? config.path("specific") : config;
        String name = config.path("name").asText();
        long steps = config.path("num_warmup_steps").asLong();
        long total = config.path("num_training_steps").asLong();
        double floor = own.path("min_lr_rate").asDouble(0)
                + own.path("min_lr_ratio").asDouble(0)
                + (own.path("lr_end").asDouble(0) + own.path("min_lr").asDouble(0)) / lr;
        boolean stable = name.equals("warmup_stable_decay"); // whose warm-up has the floor and a shape too
        Warmup warmup = new Warmup(steps, shape(own.path("warmup_type").asText("linear")), stable ? floor : 0);
        return new Schedule(warmup, decay(name, own, steps, total - steps), 1, total, floor);
    }

    private static Decay decay(String name, JsonNode own, long warmup, long after) {
        return switch (name) {
            case "constant", "constant_with_warmup" -> Decay.CONSTANT;
            case "linear" -> Decay.LINEAR;
            case "cosine", "cosine_with_min_lr" -> Decay.COSINE;
            case "cosine_with_restarts" ->
                Decay.restarting(own.path("num_cycles").asInt(1));
            case "polynomial" -> Decay.polynomial(own.path("power").asDouble(1));
            case "inverse_sqrt" ->
                Decay.inverseRoot((double) after / own.path("timescale").asDouble(warmup > 0 ? warmup : TIMESCALE));
            case "warmup_stable_decay" ->
                Decay.last(
                        own.path("num_decay_steps").asDouble() / after,
                        shape(own.path("decay_type").asText("cosine")));
            default -> throw new AssertionError("no schedule is called " + name);
        };
    }

    private static Decay shape(String name) {
        return switch (name) {
            case "linear" -> Decay.LINEAR;
            case "cosine" -> Decay.COSINE;
            case "1-sqrt" -> Decay.ROOT;
            default -> throw new AssertionError("no decay is called " + name);
        };
    }

    private static AdamW.Config config(JsonNode config) {
        List<String> without = IntStream.range(0, config.path("no_decay").size())
                .mapToObj(i -> config.path("no_decay").get(i).asText())
                .toList();
        return new AdamW.Config(
                config.path("betas").get(0).asDouble(),
                config.path("betas").get(1).asDouble(),
                config.path("eps").asDouble(),
                config.path("weight_decay").asDouble(),
                config.path("max_grad_norm").asDouble(0),
                (name, shape) -> without.contains(name) ? Pace.UNDECAYED : Pace.EVEN);
    }

    private static Parameters parameters(Golden golden) {
        Parameters parameters = new Parameters(TORCH.manager());
        golden.json().path("tensors").fieldNames().forEachRemaining(tensor -> {
            if (tensor.startsWith(INIT)) {
                Shape shape = new Shape(
                        Arrays.stream(golden.shape(tensor)).asLongStream().toArray());
                NDArray init = parameters.manager().create(golden.floats(tensor), shape);
                parameters.add(tensor.substring(INIT.length()), init.duplicate());
            }
        });
        return parameters;
    }

    /** Σ parameter · gradient, whose gradient is the given one. */
    private static NDArray lossWithGradients(NDManager scope, Golden golden, Parameters parameters, int step) {
        NDArray loss = scope.create(0f);
        for (String name : parameters.names()) {
            NDArray weight = parameters.expect(name);
            NDArray gradient = scope.create(slice(golden, "in.grads." + name, step), weight.getShape());
            loss = loss.add(gradient.mul(weight).sum());
        }
        return loss;
    }

    private static float[] slice(Golden golden, String tensor, int step) {
        float[] all = golden.floats(tensor);
        int size = all.length / golden.shape(tensor)[0];
        return Arrays.copyOfRange(all, step * size, (step + 1) * size);
    }
}
