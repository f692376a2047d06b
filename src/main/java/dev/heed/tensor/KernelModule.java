package dev.heed.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The functions of {@code kernels.torchscript} as they are loaded and called: no other class knows TorchScript. {@link
 * Kernels} and {@link DecodingKernels} give them names and shapes.
 */
final class KernelModule {
    private static final String SOURCE = "kernels.torchscript";
    /** The products of decoding, the fastest first: what a build of libtorch lacks, it refuses to load. */
    private static final List<String> PRODUCTS = List.of("products-onednn.torchscript", "products-plain.torchscript");

    private static final long FLOAT32 = 6; // libtorch's own numbers of its types
    private static final long BFLOAT16 = 15;

    private final NDManager manager;
    private final PtSymbolBlock module;
    private final Map<String, NDArray> names = new ConcurrentHashMap<>();
    private final NDArray float32;
    private final NDArray bfloat16;
    private volatile boolean bf16;

    KernelModule(NDManager manager) {
        this.manager = manager;
        module = load();
        float32 = manager.create(FLOAT32);
        bfloat16 = manager.create(BFLOAT16);
    }

    void useBf16(boolean use) {
        bf16 = use;
    }

    boolean usesBf16() {
        return bf16;
    }

    /** The type of products, as functions with gradients take it. */
    NDArray products() {
        return in(bf16 ? Precision.BF16 : Precision.FP32);
    }

    /** That type, as functions with gradients take it. */
    NDArray in(Precision precision) {
        return precision == Precision.BF16 ? bfloat16 : float32;
    }

    /** The type of products, as functions without gradients take it. */
    long type() {
        return bf16 ? BFLOAT16 : FLOAT32;
    }

    /** The same where numbers stay float32. */
    long exact() {
        return FLOAT32;
    }

    /** Calls a function through which gradients flow while a {@link Learner} collects them. */
    NDArray call(String name, NDArray... inputs) {
        return calls(name, inputs).get(0);
    }

    NDList calls(String name, NDArray... inputs) {
        NDList list = new NDList(inputs.length + 1);
        for (NDArray input : inputs) {
            list.add(input);
        }
        list.add(names.computeIfAbsent(name, this::nameOf));
        Torch.prepareThread();
        // true: inside a collector gradients flow; outside, the thread's gradient mode is off
        return IValueUtils.forward(module, list, true);
    }

    /** Calls a function without gradients. */
    IValue run(String name, Arguments arguments) {
        Torch.prepareThread();
        return IValueUtils.runMethod(module, name, arguments.values());
    }

    private NDArray nameOf(String kernel) {
        NDArray marker = manager.create(0f);
        marker.setName("module_method:" + kernel);
        return marker;
    }

    // ---- how the module is made ----

    private PtSymbolBlock load() {
        RuntimeException refused = null;
        for (String products : PRODUCTS) {
            try {
                InputStream archive = new ByteArrayInputStream(pack(products));
                return JniUtils.loadModule((PtNDManager) manager, archive, false, false);
            } catch (EngineException e) {
                refused = e;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("libtorch does not load the kernels", refused);
    }

    private static String source(String name) throws IOException {
        try (InputStream source = KernelModule.class.getResourceAsStream(name)) {
            if (source == null) {
                throw new IllegalStateException("resource missing: " + name);
            }
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A TorchScript archive: four stored entries; the two pickles are an object without state and an empty tuple. */
    private static byte[] pack(String products) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "data.pkl", latin1("\u0080\u0002c__torch__\nKernels\n)\u0081}(X\u0008\0\0\0training\u0088ub."));
            store(zip, "constants.pkl", latin1("\u0080\u0002)."));
            store(zip, "code/__torch__.py", (source(SOURCE) + source(products)).getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("kernels/" + name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Arguments of a kernel without gradients: tensors, lists and plain numbers. */
    static final class Arguments implements AutoCloseable {
        private final List<IValue> values = new ArrayList<>();

        Arguments tensor(NDArray array) {
            values.add(IValue.from((PtNDArray) array));
            return this;
        }

        Arguments tensors(List<NDArray> arrays) {
            values.add(IValue.listFrom(arrays.toArray(PtNDArray[]::new)));
            return this;
        }

        Arguments number(double number) {
            values.add(IValue.from(number));
            return this;
        }

        Arguments numbers(double... numbers) {
            values.add(IValue.listFrom(numbers));
            return this;
        }

        Arguments integers(long... numbers) {
            values.add(IValue.listFrom(numbers));
            return this;
        }

        Arguments flag(boolean flag) {
            values.add(IValue.from(flag));
            return this;
        }

        Arguments integer(long number) {
            values.add(IValue.from(number));
            return this;
        }

        IValue[] values() {
            return values.toArray(IValue[]::new);
        }

        @Override
        public void close() {
            values.forEach(IValue::close);
        }
    }
}
