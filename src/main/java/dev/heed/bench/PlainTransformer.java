package dev.heed.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.heed.model.ModelConfig;
import dev.heed.run.Draws;
import dev.heed.tensor.AdamW;
import dev.heed.tensor.Learner;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Torch;
import java.util.Arrays;

/**
 * A Llama in the plainest form: NDArray operations in float32, no fused operation, no cache. For measuring what the engine is
 * worth, and a second opinion on what it computes.
 */
final class PlainTransformer implements AutoCloseable {
    private final Torch torch;
    private final ModelConfig config;
    private final Parameters parameters;
    private final Learner learner;

    PlainTransformer(Torch torch, ModelConfig config, long seed) {
        this.torch = torch;
        this.config = config;
        parameters = new Parameters(torch.manager());
        long width = config.width();
        add("embedding", seed, config.vocabulary(), width);
        for (int i = 0; i < config.layers(); i++) {
            for (String name : new String[] {"q", "k", "v", "o"}) {
                add(name + i, seed, width, width);
            }
            add("gate" + i, seed, config.intermediate(), width);
            add("up" + i, seed, config.intermediate(), width);
            add("down" + i, seed, width, config.intermediate());
            parameters.add("attention_norm" + i, parameters.manager().ones(new Shape(width)));
            parameters.add("feed_norm" + i, parameters.manager().ones(new Shape(width)));
        }
        parameters.add("norm", parameters.manager().ones(new Shape(width)));
        learner = new Learner(torch, parameters, new AdamW.Config(.9, .95, 1e-8, .1, 1));
    }

    private void add(String name, long seed, long rows, long columns) {
        double[] drawn = Draws.of(seed, "plain " + name, 0)
                .doubles(rows * columns, -.035, .035)
                .toArray();
        float[] values = new float[drawn.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) drawn[i];
        }
        try (NDArray view = parameters.manager().create(values, new Shape(rows, columns))) {
            parameters.add(name, view.duplicate());
        }
    }

    /**
     * One step of training.
     *
     * @param rows ids, of one length
     * @return the loss, nats a token
     */
    float learn(int[][] rows, double lr) {
        return learner.minimise(lr, scope -> {
                    NDArray ids = ids(scope, rows);
                    int length = rows[0].length - 1;
                    NDArray logProbs = logits(scope, ids.get(new NDIndex(":, :{}", length)))
                            .logSoftmax(-1);
                    NDArray targets = ids.get(new NDIndex(":, 1:")).expandDims(2);
                    return logProbs.gather(targets, 2).mean().neg();
                })
                .loss();
    }

    /** Rows with that many drawn tokens more. */
    int[][] continued(int[][] prompts, int more, long seed) {
        int[][] rows = Arrays.stream(prompts).map(int[]::clone).toArray(int[][]::new);
        for (int t = 0; t < more; t++) {
            try (NDManager scope = torch.manager().newSubManager()) {
                NDArray all = logits(scope, ids(scope, rows));
                NDArray p = all.get(new NDIndex(":, {}", rows[0].length - 1)).softmax(-1);
                float[] sums = p.cumSum(1).toFloatArray();
                for (int i = 0; i < rows.length; i++) {
                    double uniform = Draws.uniform(seed, "plain token", (long) t * rows.length + i);
                    int from = i * config.vocabulary();
                    int place = Arrays.binarySearch(sums, from, from + config.vocabulary(), (float) uniform);
                    rows[i] = Arrays.copyOf(rows[i], rows[i].length + 1);
                    rows[i][rows[i].length - 1] =
                            Math.min(config.vocabulary() - 1, (place < 0 ? -place - 1 : place) - from);
                }
            }
        }
        return rows;
    }

    /** @return (B, T, V) */
    private NDArray logits(NDManager scope, NDArray ids) {
        long length = ids.getShape().get(1);
        NDArray rows = parameters.expect("embedding").get(new NDIndex("{}", ids.flatten()));
        rows.attach(scope);
        NDArray x = rows.reshape(-1, length, config.width());
        NDArray mask = mask(scope, (int) length);
        NDArray[] turns = turns(scope, (int) length);
        for (int i = 0; i < config.layers(); i++) {
            NDArray read = normed(x, "attention_norm" + i);
            NDArray q = turned(heads(times(read, "q" + i)), turns);
            NDArray k = turned(heads(times(read, "k" + i)), turns);
            NDArray v = heads(times(read, "v" + i));
            x = x.add(times(attended(q, k, v, mask).reshape(x.getShape()), "o" + i));
            NDArray fed = normed(x, "feed_norm" + i);
            x = x.add(times(gated(times(fed, "gate" + i), times(fed, "up" + i)), "down" + i));
        }
        return times(normed(x, "norm"), "embedding");
    }

    private NDArray times(NDArray x, String weight) {
        return x.matMul(parameters.expect(weight).transpose());
    }

    private NDArray normed(NDArray x, String gain) {
        return normed(x, parameters.expect(gain), config.epsilon());
    }

    static NDArray normed(NDArray x, NDArray gain, double epsilon) {
        NDArray mean = x.square().mean(new int[] {-1}, true).add((float) epsilon);
        return x.div(mean.sqrt()).mul(gain);
    }

    /**
     * Of queries, keys and values (B, H, T, D).
     *
     * @param mask (T, T), added to the scores
     * @return (B, T, H, D)
     */
    static NDArray attended(NDArray q, NDArray k, NDArray v, NDArray mask) {
        NDArray scores = Scaled.over(q.matMul(k.transpose(0, 1, 3, 2)), Math.sqrt((double)
                q.getShape().get(3)));
        return scores.add(mask).softmax(-1).matMul(v).transpose(0, 2, 1, 3);
    }

    static NDArray gated(NDArray gate, NDArray up) {
        return gate.mul(Activation.sigmoid(gate)).mul(up);
    }

    private NDArray heads(NDArray x) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), config.heads(), config.headWidth())
                .transpose(0, 2, 1, 3);
    }

    private static NDArray turned(NDArray x, NDArray[] turns) {
        NDList halves = x.split(2, 3);
        NDArray other = NDArrays.concat(new NDList(halves.get(1).neg(), halves.get(0)), 3);
        return x.mul(turns[0]).add(other.mul(turns[1]));
    }

    private NDArray[] turns(NDManager scope, int length) {
        int width = config.headWidth();
        float[] cos = new float[length * width];
        float[] sin = new float[length * width];
        for (int i = 0; i < cos.length; i++) {
            int t = i / width;
            double angle = t * Math.pow(config.rope().theta(), -2.0 * (i % (width / 2)) / width);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        Shape shape = new Shape(length, width);
        return new NDArray[] {scope.create(cos, shape), scope.create(sin, shape)};
    }

    /** (T, T): very negative where a key comes later than the query. */
    static NDArray mask(NDManager scope, int length) {
        NDArray places = scope.arange(length).toType(DataType.FLOAT32, false);
        NDArray later = places.expandDims(0).gt(places.expandDims(1));
        return Scaled.times(later.toType(DataType.FLOAT32, false), -1e30);
    }

    private static NDArray ids(NDManager scope, int[][] rows) {
        long[] flat =
                Arrays.stream(rows).flatMapToInt(Arrays::stream).asLongStream().toArray();
        return scope.create(flat, new Shape(rows.length, rows[0].length));
    }

    @Override
    public void close() {
        learner.close();
        parameters.close();
    }
}
