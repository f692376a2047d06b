package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.heed.run.UserError;
import dev.heed.tensor.DecodingKernels.Decoder;
import dev.heed.tensor.DecodingKernels.RowCount;
import dev.heed.tensor.Kernels;
import dev.heed.tensor.Kernels.Linear;
import dev.heed.tensor.Parameters;
import dev.heed.tensor.Safetensors;
import dev.heed.tensor.Scaled;
import dev.heed.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder (Vaswani et al. 2017) of any of the {@link Family families}, such as Llama's (Touvron et al. 2023):
 * root-mean-square norms, rotary positions, grouped-query attention, gated feed-forward. Rows of any lengths go in; they are padded on the right, where causal attention cannot see, and no
 * padding comes out. Differentiable inside a {@link dev.heed.tensor.Learner}, graph-free outside.
 */
public final class Transformer implements AutoCloseable {
    private static final String WEIGHTS = "model.safetensors";

    private final Torch torch;
    private final Kernels kernels;
    private final ModelConfig config;
    private final Head head;
    private final NDManager manager;
    private final Weights weights;
    private final Adapters adapters;
    private final NDArray epsilon;
    private final NDArray headCounts;
    private final NDArray activation;
    private final Rotary rotary;
    private final Map<RowCount, List<NDArray>> ready = new EnumMap<>(RowCount.class);
    private NDManager readyScope;
    private long readyVersion;

    private Transformer(Torch torch, ModelConfig config, Head head, NDManager manager, Weights weights) {
        this(torch, config, head, manager, weights, Adapters.none(torch, config, weights));
    }

    private Transformer(
            Torch torch, ModelConfig config, Head head, NDManager manager, Weights weights, Adapters adapters) {
        this.torch = torch;
        this.kernels = torch.kernels();
        this.config = config;
        this.head = head;
        this.manager = manager;
        this.weights = weights;
        this.adapters = adapters;
        epsilon = manager.create((float) config.epsilon());
        headCounts = manager.create(new long[] {config.heads(), config.kvHeads()});
        activation = manager.create((long) config.activation().number());
        rotary = new Rotary(manager.newSubManager(), config, kernels.none());
        readyScope = manager.newSubManager();
    }

    /** A model with new weights, which depend on the seed alone. */
    public static Transformer create(Torch torch, ModelConfig config, Head head, long seed) {
        return create(torch, config, head, Parametrisation.PLAIN, seed);
    }

    /** As {@link #create(Torch, ModelConfig, Head, long)}, with weights as wide as a parametrisation says. */
    public static Transformer create(Torch torch, ModelConfig config, Head head, Parametrisation kind, long seed) {
        NDManager manager = torch.manager().newSubManager();
        return new Transformer(torch, config, head, manager, Weights.create(torch, manager, config, head, kind, seed));
    }

    /**
     * Reads a folder in the format of {@code transformers}.
     *
     * @throws UserError if it is not a whole model of this layout and head
     */
    public static Transformer load(Torch torch, Path dir, Head head) {
        return load(torch, dir, head, null);
    }

    /** As {@link #load(Torch, Path, Head)}; a folder without a score head gets a new one of this seed. */
    public static Transformer load(Torch torch, Path dir, Head head, long headSeed) {
        return load(torch, dir, head, (Long) headSeed);
    }

    private static Transformer load(Torch torch, Path dir, Head head, @Nullable Long headSeed) {
        ModelConfig config = ModelConfig.read(dir);
        NDManager manager = torch.manager().newSubManager();
        try {
            Weights weights = Weights.read(torch, manager, dir, config, head, headSeed);
            return new Transformer(torch, config, head, manager, weights);
        } catch (UserError e) {
            manager.close();
            throw e;
        }
    }

    /** A second model with the same weights. */
    public Transformer copy() {
        Transformer copy = create(torch, config, head, 0);
        copy.assign(this);
        return copy;
    }

    /** Takes over the weights of another model of the same shape; optimizers that hold this model go on holding it. */
    public void assign(Transformer other) {
        if (adapters.present()) {
            throw new IllegalStateException("what a model with adapters stands on is another model's");
        }
        try (NDManager scope = torch.manager().newSubManager()) {
            for (String name : parameters().names()) {
                kernels.assign(parameters().expect(name), other.adapters.on(scope, name));
            }
        }
        parameters().changed();
    }

    /**
     * Moves the weights towards those of another model of the same shape.
     *
     * @param share of the way, above 0; 1: all of it
     */
    public void follow(Transformer other, double share) {
        if (share == 1) {
            assign(other);
            return;
        }
        try (NDManager scope = torch.manager().newSubManager()) {
            for (String name : parameters().names()) {
                NDArray mine = parameters().expect(name);
                NDArray way = other.adapters.on(scope, name).sub(mine);
                way.attach(scope);
                kernels.assign(mine, Scaled.times(way, share).add(mine)); // of the scope, as its first operand is
            }
        }
        parameters().changed();
    }

    /**
     * This model with new adapters, which alone learn: a second model over the same arrays, to be closed before this one.
     * This one stays as it is: what the second would be with its adapters off.
     *
     * @param lora which adapters, {@link Lora#on on}
     * @throws UserError if the model has no such matrices, or smaller ones
     */
    public Transformer adapted(Lora lora, long seed) {
        return adapted(adapters -> adapters.add(lora, seed));
    }

    /**
     * As {@link #adapted(Lora, long)}, with adapters that were learned before.
     *
     * @throws UserError if they do not fit
     */
    public Transformer adapted(AdapterFolder folder) {
        return adapted(adapters -> folder.into(torch, config, adapters));
    }

    private Transformer adapted(Consumer<Adapters> adding) {
        if (adapters.present()) {
            throw new IllegalStateException("a model with adapters gets no others");
        }
        NDManager own = torch.manager().newSubManager();
        try {
            Adapters added = Adapters.on(torch, own, config, weights, head);
            adding.accept(added);
            return new Transformer(torch, config, head, own, weights, added);
        } catch (UserError e) {
            own.close();
            throw e;
        }
    }

    public ModelConfig config() {
        return config;
    }

    public Head head() {
        return head;
    }

    public Torch torch() {
        return torch;
    }

    /** What a learner changes: all of the model, or its adapters alone. */
    public Parameters parameters() {
        return adapters.parameters();
    }

    /** Sets the head's weights to zero: a value model that begins by saying 0 everywhere. */
    public void zeroHead() {
        expect(Head.SCALAR);
        try (NDManager scope = torch.manager().newSubManager()) {
            NDArray weight = adapters.head().weight();
            kernels.assign(weight, scope.zeros(weight.getShape()));
        }
    }

    // ---- what it says ----

    /**
     * Log-probability of each counted token.
     *
     * @param temperature divides the logits; above 0
     * @return (N), nats
     */
    public NDArray logProbs(NDManager scope, Batch batch, double temperature) {
        return logProbsAndEntropy(scope, batch, temperature, false)[0];
    }

    /**
     * As {@link #logProbs}, and the entropy of the whole distribution at each counted token, which carries no gradient.
     *
     * @return two of (N), nats
     */
    public NDArray[] logProbsAndEntropy(NDManager scope, Batch batch, double temperature) {
        return logProbsAndEntropy(scope, batch, temperature, true);
    }

    private NDArray[] logProbsAndEntropy(NDManager scope, Batch batch, double temperature, boolean entropy) {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be above 0, was " + temperature);
        }
        NDArray logits = logits(scope, batch);
        NDArray logProbs = kernels.logProbs(logits, scope.create(batch.targets()), temperature);
        return entropy ? new NDArray[] {logProbs, kernels.entropy(logits, temperature)} : new NDArray[] {logProbs};
    }

    /**
     * Logits before each counted token.
     *
     * @return (N, V)
     */
    public NDArray logits(NDManager scope, Batch batch) {
        expect(Head.LANGUAGE);
        return kernels.normLinear(before(scope, batch), weights.norm(), adapters.head(), epsilon);
    }

    /**
     * The head's number at the position before each counted token: the value of the text so far.
     *
     * @return (N)
     */
    public NDArray values(NDManager scope, Batch batch) {
        expect(Head.SCALAR);
        return scalars(before(scope, batch));
    }

    /**
     * As {@link #logProbs}, and the number of a further head on the same trunk at the position before each counted token.
     *
     * @param head (1, C), whoever learns it
     * @return two of (N)
     */
    public NDArray[] logProbsAndValues(NDManager scope, Batch batch, double temperature, NDArray head) {
        expect(Head.LANGUAGE);
        NDArray states = before(scope, batch);
        NDArray logits = kernels.normLinear(states, weights.norm(), adapters.head(), epsilon);
        return new NDArray[] {
            kernels.logProbs(logits, scope.create(batch.targets()), temperature), scalars(states, further(head))
        };
    }

    /** The number of that further head alone, (N). */
    public NDArray values(NDManager scope, Batch batch, NDArray head) {
        expect(Head.LANGUAGE);
        return scalars(before(scope, batch), further(head));
    }

    private Linear further(NDArray head) {
        return new Linear(head, kernels.none());
    }

    private NDArray scalars(NDArray hidden, Linear head) {
        return kernels.normLinearExact(hidden, weights.norm(), head, epsilon).squeeze(1);
    }

    /**
     * The head's number at each row's last token.
     *
     * @param rows ids, each row at least one
     * @return (B)
     */
    public NDArray scores(NDManager scope, int[][] rows) {
        expect(Head.SCALAR);
        Ragged ragged = new Ragged(scope, kernels, rows, lengths(rows));
        return scalars(ragged.lasts(trunk(scope, ragged, null)));
    }

    private NDArray scalars(NDArray hidden) {
        return scalars(hidden, adapters.head());
    }

    /**
     * Rows to be continued.
     *
     * @param rows how many at most
     * @param room most tokens that a row may come to hold; at most the context
     */
    public KvCache cache(int rows, int room) {
        expect(Head.LANGUAGE);
        if (room > config.context()) {
            throw new IllegalArgumentException(
                    "room for %d tokens, the context is %d".formatted(room, config.context()));
        }
        return new KvCache(torch.manager().newSubManager(), this, rows, room);
    }

    /** What continues so many rows, none of which comes to hold more tokens than there is room for. */
    Decoder decoder(RowCount rows, int room) {
        return new Decoder(
                weights.embedding(),
                weights.positions(),
                rows,
                ready(rows),
                rotary.pairs(room),
                weights.norm().shift(),
                epsilon,
                config.activation().number(),
                config.residual() == Residual.PARALLEL);
    }

    /** The weights as decoding wants them, made anew when they have changed. */
    private synchronized List<NDArray> ready(RowCount rows) {
        long version = parameters().version() + weights.parameters().version();
        if (readyVersion != version) {
            readyScope.close();
            readyScope = manager.newSubManager();
            readyVersion = version;
            ready.clear();
        }
        return ready.computeIfAbsent(rows, this::laidOut);
    }

    private List<NDArray> laidOut(RowCount rows) {
        try (NDManager scope = torch.manager().newSubManager()) {
            List<NDArray> all = weights.inOrder(IntStream.range(0, config.layers())
                    .mapToObj(i -> adapters.layer(scope, i))
                    .toList());
            return torch.decoding().prepare(readyScope, rows, all, config.heads(), config.kvHeads(), config.turns());
        }
    }

    /**
     * Reads prompts into a cache.
     *
     * @param prompts ids, each at least one
     * @param rowOf which prompt each row of the cache continues
     * @param sink takes each layer's keys and values
     * @return logits (rows, V) of what comes next; attached to the scope
     */
    NDArray read(NDManager scope, int[][] prompts, long[] rowOf, Sink sink) {
        Ragged ragged = new Ragged(scope, kernels, prompts, lengths(prompts));
        NDArray x = trunk(scope, ragged, sink);
        NDArray ends = kernels.select(ragged.lasts(x), scope.create(rowOf));
        return kernels.normLinear(ends, weights.norm(), adapters.head(), epsilon);
    }

    // ---- the network ----

    /** Where the keys (b, G, T, D) and values of prompts go. */
    @FunctionalInterface
    interface Sink {
        void take(int layer, NDArray keys, NDArray values);
    }

    /** Hidden states (N, C) at the position before each counted token. */
    private NDArray before(NDManager scope, Batch batch) {
        int[] lengths = lengths(batch.rows());
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.max(1, lengths[i] - 1); // nothing is asked of the last token
        }
        Ragged ragged = batch.noise().length == 0
                ? new Ragged(scope, kernels, batch.rows(), lengths)
                : Ragged.apart(scope, kernels, batch.rows(), lengths);
        NDArray x = ragged.disturbed(embedded(ragged), batch.noise());
        return ragged.before(layers(x, scope, ragged, null), batch.counted());
    }

    /** Hidden states (M, C) of all tokens, before the last norm. */
    private NDArray trunk(NDManager scope, Ragged rows, @Nullable Sink sink) {
        return layers(embedded(rows), scope, rows, sink);
    }

    /** What stands for the tokens before the first layer, (M, C). */
    private NDArray embedded(Ragged rows) {
        if (rows.longest() > config.context()) {
            throw new UserError("a row of %d tokens does not fit the model's context of %d; shorten it"
                    .formatted(rows.longest(), config.context()));
        }
        NDArray x = kernels.embedding(rows.ids(config.vocabulary()), weights.embedding());
        return config.turns() ? x : x.add(kernels.embedding(rows.positions(), weights.positions()));
    }

    /** Root mean square of the residual stream before the first layer and after each one, then of the logits. */
    public double[] sizes(int[][] rows) {
        expect(Head.LANGUAGE);
        double[] sizes = new double[config.layers() + 2];
        try (NDManager scope = torch.manager().newSubManager()) {
            Ragged ragged = new Ragged(scope, kernels, rows, lengths(rows));
            NDArray x = embedded(ragged);
            for (int i = 0; i < config.layers(); i++) {
                sizes[i] = size(x);
                x = layer(x, ragged, i, null);
            }
            sizes[config.layers()] = size(x);
            sizes[config.layers() + 1] = size(kernels.normLinear(x, weights.norm(), adapters.head(), epsilon));
        }
        return sizes;
    }

    private static double size(NDArray x) {
        double sum = 0;
        float[] values = x.toFloatArray();
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / values.length);
    }

    private NDArray layers(NDArray x, NDManager scope, Ragged rows, @Nullable Sink sink) {
        for (int i = 0; i < config.layers(); i++) {
            try (NDManager between = scope.newSubManager()) { // its arrays are freed, or kept by the graph alone
                x.attach(between);
                x = layer(x, rows, i, sink);
                x.attach(scope);
            }
        }
        return x;
    }

    private NDArray layer(NDArray x, Ragged rows, int index, @Nullable Sink sink) {
        Weights.Layer layer = adapters.layer(x.getManager(), index);
        NDArray qkv = kernels.qkv(x, layer.attentionNorm(), layer.qkv(), epsilon);
        NDList heads =
                kernels.heads(rows.rectangle(qkv), rotary.turns(rows.longest()), layer.gains(), epsilon, headCounts);
        if (sink != null) {
            sink.take(index, heads.get(1), heads.get(2));
        }
        NDArray attended = rows.flat(kernels.attention(heads.get(0), heads.get(1), heads.get(2)));
        NDArray read = x;
        x = x.add(kernels.linear(attended, layer.output()));
        read = config.residual() == Residual.PARALLEL ? read : x;
        return x.add(kernels.feedForward(read, layer.feedNorm(), layer.up(), layer.down(), epsilon, activation));
    }

    private static int[] lengths(int[][] rows) {
        int[] lengths = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length == 0) {
                throw new IllegalArgumentException("row %d has no tokens".formatted(i));
            }
            lengths[i] = rows[i].length;
        }
        return lengths;
    }

    private void expect(Head needed) {
        if (head != needed) {
            throw new IllegalStateException("this needs a %s head, the model has a %s head".formatted(needed, head));
        }
    }

    // ---- files ----

    /**
     * Writes config.json, generation_config.json and model.safetensors, the last whole or not at all. Adapters are added to
     * the weights: what is written is a model like any other.
     */
    public void save(Path dir) {
        try (NDManager scope = torch.manager().newSubManager()) {
            Files.createDirectories(dir);
            ConfigFile.write(dir, config, head);
            Safetensors.write(dir.resolve(WEIGHTS), named(scope));
        } catch (IOException e) {
            throw new UserError("cannot write model %s: %s".formatted(dir, e), e);
        }
    }

    /**
     * Writes the adapters alone, as PEFT has them.
     *
     * @param base the folder of the model that they stand on
     */
    public void saveAdapters(Path dir, Path base) {
        try {
            AdapterFolder.writeWeights(torch, dir, adapters, head);
            AdapterFolder.writeConfig(dir, base, adapters, config.family(), head);
        } catch (IOException e) {
            throw new UserError("cannot write adapter %s: %s".formatted(dir, e), e);
        }
    }

    /** Whether adapters learn in the model's place. */
    public boolean hasAdapters() {
        return adapters.present();
    }

    /** Writes what was learned: the model, or the adapters alone. */
    public void saveLearned(Path dir) throws IOException {
        if (adapters.present()) {
            AdapterFolder.writeWeights(torch, dir, adapters, head);
        } else {
            save(dir);
        }
    }

    /** Takes over what {@link #saveLearned} wrote. */
    public void loadLearned(Path dir) {
        if (adapters.present()) {
            AdapterFolder.readWeights(torch, dir, adapters, head);
        } else {
            try (Transformer saved = load(torch, dir, head)) {
                assign(saved);
            }
        }
    }

    /** Tensors under the names of the file, adapters added. */
    private Map<String, NDArray> named(NDManager scope) {
        Map<String, NDArray> made = new HashMap<>(); // a parameter may be several tensors of the file
        return Weights.named(
                scope, config, head, name -> made.computeIfAbsent(name, parameter -> adapters.on(scope, parameter)));
    }

    /** Gradients under the names of the file; attached to the scope. */
    Map<String, NDArray> namedGradients(NDManager scope) {
        return Weights.named(scope, config, head, name -> {
            NDArray gradient = parameters().expect(name).getGradient();
            gradient.attach(scope); // else each call leaves a handle with the parameter's manager
            return gradient;
        });
    }

    /** SHA-256 of the weights, adapters added: names, shapes and numbers. */
    public String hash() {
        try (NDManager scope = torch.manager().newSubManager()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            named(scope).forEach((name, array) -> {
                digest.update((name + List.of(array.getShape())).getBytes(StandardCharsets.UTF_8));
                float[] values = array.toFloatArray();
                ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
