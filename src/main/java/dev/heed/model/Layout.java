package dev.heed.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Under which names, and in which arrangement, a family's files hold the arrays of {@link Weights}. What this class says of
 * a family is all that differs between reading one and reading another.
 */
final class Layout {
    /** What people call the matrices of a layer. */
    static final List<String> MATRICES = List.of("q", "k", "v", "qkv", "o", "gate", "up", "down");

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("self_attn.q_proj", "q"),
            Map.entry("self_attn.k_proj", "k"),
            Map.entry("self_attn.v_proj", "v"),
            Map.entry("self_attn.o_proj", "o"),
            Map.entry("mlp.gate_proj", "gate"),
            Map.entry("mlp.up_proj", "up"),
            Map.entry("mlp.down_proj", "down"),
            Map.entry("attn.c_attn", "qkv"),
            Map.entry("attn.c_proj", "o"),
            Map.entry("mlp.c_fc", "up"),
            Map.entry("mlp.c_proj", "down"),
            Map.entry("attention.query_key_value", "qkv"),
            Map.entry("attention.dense", "o"),
            Map.entry("mlp.dense_h_to_4h", "up"),
            Map.entry("mlp.dense_4h_to_h", "down"));

    private final ModelConfig config;
    private final Head head;
    private final List<Part> parts = new ArrayList<>();

    /**
     * A tensor of a file, and the rows of the parameter that it fills.
     *
     * @param from the first of these rows
     * @param shape in the file
     */
    record Part(String file, String parameter, long from, Shape shape, Arrangement arrangement) {
        /** How many rows of the parameter it fills. */
        long rows() {
            return arrangement instanceof Transposed ? shape.get(1) : shape.get(0);
        }

        /** How many columns a matrix has. */
        long columns() {
            return arrangement instanceof Transposed ? shape.get(0) : shape.get(1);
        }

        /** What transformers calls the module that the tensor belongs to. */
        String module() {
            return file.substring(0, file.lastIndexOf('.'));
        }

        /** The module's name within its layer. */
        String moduleInLayer() {
            return module().replaceFirst("^.*\\.\\d+\\.", "");
        }

        /** What {@link #MATRICES} calls it; empty where it is no matrix of a layer. */
        String matrix() {
            return file.endsWith(".weight") ? NAMES.getOrDefault(moduleInLayer(), "") : "";
        }

        /** How the rows alone lie in a file, of an array that has as many but other columns. */
        Arrangement rowOrder() {
            return arrangement instanceof Transposed ? new Same() : arrangement;
        }
    }

    /** How a tensor lies in a file. Results are attached to the argument's manager. */
    sealed interface Arrangement {
        NDArray toParameter(NDArray inFile);

        NDArray toFile(NDArray parameter);
    }

    /** Just so. */
    record Same() implements Arrangement {
        @Override
        public NDArray toParameter(NDArray inFile) {
            return inFile;
        }

        @Override
        public NDArray toFile(NDArray parameter) {
            return parameter;
        }
    }

    /** (in, out), as GPT-2 has it. */
    record Transposed() implements Arrangement {
        @Override
        public NDArray toParameter(NDArray inFile) {
            return inFile.transpose();
        }

        @Override
        public NDArray toFile(NDArray parameter) {
            return parameter.transpose();
        }
    }

    /**
     * Rows in another order.
     *
     * @param order which row of the file each row of the parameter is
     */
    record Reordered(long[] order) implements Arrangement {
        @Override
        public NDArray toParameter(NDArray inFile) {
            return picked(inFile, order);
        }

        @Override
        public NDArray toFile(NDArray parameter) {
            long[] back = new long[order.length];
            for (int i = 0; i < order.length; i++) {
                back[(int) order[i]] = i;
            }
            return picked(parameter, back);
        }

        private static NDArray picked(NDArray rows, long[] order) {
            try (NDArray index = rows.getManager().create(order)) {
                return rows.get(index);
            }
        }
    }

    private Layout(ModelConfig config, Head head) {
        this.config = config;
        this.head = head;
    }

    /** Every tensor that a file of this model holds, in the order that transformers writes them. */
    static List<Part> of(ModelConfig config, Head head) {
        Layout layout = new Layout(config, head);
        switch (config.family()) {
            case GPT2 -> layout.gpt2();
            case GPT_NEOX -> layout.gptNeoX();
            default -> layout.llama();
        }
        return layout.parts;
    }

    /** The matrices of the layers, which may be adapted. */
    static List<Part> matrices(ModelConfig config) {
        return of(config, Head.LANGUAGE).stream()
                .filter(part -> !part.matrix().isEmpty())
                .toList();
    }

    private void llama() {
        int width = config.width();
        matrix("model.embed_tokens", Weights.EMBEDDING, config.vocabulary(), width);
        for (int i = 0; i < config.layers(); i++) {
            String file = "model.layers." + i + ".";
            String at = "layers." + i + ".";
            vector(file + "input_layernorm.weight", at + "attention_norm", width);
            llamaAttention(file + "self_attn.", at);
            vector(file + "post_attention_layernorm.weight", at + "feed_norm", width);
            matrix(file + "mlp.gate_proj", at + "gate_up", config.intermediate(), width);
            part(
                    file + "mlp.up_proj.weight",
                    at + "gate_up",
                    config.intermediate(),
                    new Shape(config.intermediate(), width),
                    new Same());
            matrix(file + "mlp.down_proj", at + "down", width, config.intermediate());
        }
        vector("model.norm.weight", Weights.NORM, width);
        head("lm_head");
    }

    private void llamaAttention(String file, String at) {
        int[] rows = {config.attended(), config.shared(), config.shared()};
        int from = 0;
        for (int i = 0; i < 3; i++) {
            String name = file + "qkv".charAt(i) + "_proj";
            Arrangement turned = i < 2 ? turned(rows[i]) : new Same();
            part(name + ".weight", at + "qkv", from, new Shape(rows[i], config.width()), turned);
            if (config.family().qkvBiased()) {
                part(name + ".bias", at + "qkv_bias", from, new Shape(rows[i]), turned);
            }
            from += rows[i];
        }
        matrix(file + "o_proj", at + "output", config.width(), config.attended());
        if (config.family().headNormed()) {
            Shape gain = new Shape(config.headWidth());
            part(file + "q_norm.weight", at + "q_norm", 0, gain, turned(config.headWidth()));
            part(file + "k_norm.weight", at + "k_norm", 0, gain, turned(config.headWidth()));
        }
    }

    private void gpt2() {
        int width = config.width();
        matrix("transformer.wte", Weights.EMBEDDING, config.vocabulary(), width);
        matrix("transformer.wpe", Weights.POSITIONS, config.context(), width);
        for (int i = 0; i < config.layers(); i++) {
            String file = "transformer.h." + i + ".";
            String at = "layers." + i + ".";
            norm(file + "ln_1", at + "attention_norm");
            transposed(file + "attn.c_attn", at + "qkv", 3 * width, width);
            transposed(file + "attn.c_proj", at + "output", width, width);
            norm(file + "ln_2", at + "feed_norm");
            transposed(file + "mlp.c_fc", at + "up", config.intermediate(), width);
            transposed(file + "mlp.c_proj", at + "down", width, config.intermediate());
        }
        norm("transformer.ln_f", Weights.NORM);
        head("lm_head");
    }

    private void gptNeoX() {
        int width = config.width();
        matrix("gpt_neox.embed_in", Weights.EMBEDDING, config.vocabulary(), width);
        Arrangement byHead = new Reordered(interleaved());
        for (int i = 0; i < config.layers(); i++) {
            String file = "gpt_neox.layers." + i + ".";
            String at = "layers." + i + ".";
            norm(file + "input_layernorm", at + "attention_norm");
            norm(file + "post_attention_layernorm", at + "feed_norm");
            String qkv = file + "attention.query_key_value";
            part(qkv + ".weight", at + "qkv", 0, new Shape(3L * width, width), byHead);
            part(qkv + ".bias", at + "qkv_bias", 0, new Shape(3L * width), byHead);
            biased(file + "attention.dense", at + "output", width, width);
            biased(file + "mlp.dense_h_to_4h", at + "up", config.intermediate(), width);
            biased(file + "mlp.dense_4h_to_h", at + "down", width, config.intermediate());
        }
        norm("gpt_neox.final_layer_norm", Weights.NORM);
        head("embed_out");
    }

    // ---- kinds of tensors ----

    private void part(String file, String parameter, long from, Shape shape, Arrangement arrangement) {
        parts.add(new Part(file, parameter, from, shape, arrangement));
    }

    private void vector(String file, String parameter, int size) {
        part(file, parameter, 0, new Shape(size), new Same());
    }

    private void matrix(String file, String parameter, int rows, int columns) {
        part(file + ".weight", parameter, 0, new Shape(rows, columns), new Same());
    }

    private void biased(String file, String parameter, int rows, int columns) {
        matrix(file, parameter, rows, columns);
        vector(file + ".bias", parameter + "_bias", rows);
    }

    private void transposed(String file, String parameter, int rows, int columns) {
        part(file + ".weight", parameter, 0, new Shape(columns, rows), new Transposed());
        vector(file + ".bias", parameter + "_bias", rows);
    }

    private void norm(String file, String parameter) {
        vector(file + ".weight", parameter, config.width());
        vector(file + ".bias", parameter + "_shift", config.width());
    }

    private void head(String language) {
        if (head == Head.SCALAR) {
            matrix("score", Weights.HEAD, 1, config.width());
        } else if (!config.tied()) {
            matrix(language, Weights.HEAD, config.vocabulary(), config.width());
        }
    }

    // ---- orders of rows ----

    /** Rows of whole heads, each with its turning channels where {@link #places} puts them. */
    private Arrangement turned(int rows) {
        int width = config.headWidth();
        if (config.rope().turning(width) == width) {
            return new Same();
        }
        int[] places = places();
        long[] order = new long[rows];
        for (int row = 0; row < rows; row++) {
            order[row] = (long) row - row % width + places[row % width];
        }
        return new Reordered(order);
    }

    /** Files have query, key and value of the first head, then those of the second; parameters have all queries first. */
    private long[] interleaved() {
        int width = config.headWidth();
        int heads = config.heads();
        int[] places = places();
        long[] order = new long[3 * heads * width];
        int row = 0;
        for (int part = 0; part < 3; part++) {
            for (int h = 0; h < heads; h++) {
                for (int d = 0; d < width; d++) {
                    order[row++] = (long) (3 * h + part) * width + (part < 2 ? places[d] : d);
                }
            }
        }
        return order;
    }

    /**
     * Which channel of a head in a file each channel of a head here is: the partner of channel i is i + D/2, also where only
     * some channels turn and a file has the partner of i at i + R/2. Queries and keys are ordered alike, so their products
     * stay.
     */
    private int[] places() {
        int width = config.headWidth();
        int turning = config.rope().turning(width);
        int[] places = new int[width];
        for (int i = 0; i < width / 2; i++) {
            boolean turns = i < turning / 2;
            places[i] = turns ? i : turning / 2 + i;
            places[i + width / 2] = turns ? turning / 2 + i : width / 2 + i;
        }
        return places;
    }
}
