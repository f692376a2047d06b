package dev.heed.train;

import dev.heed.feedback.Hashes;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What references said of texts, kept on disk: a file of numbers under the SHA-256 of all that they depend on, so that a
 * second run need not ask again, and no numbers are taken for others. The folder may be deleted at any time.
 */
public final class ReferenceCache {
    /** Keeps nothing. */
    public static final ReferenceCache NONE = new ReferenceCache(null);

    private static final String FORM = "sums of log-probabilities, 1";
    private static final int DIGEST = 64; // hex digits

    private final @Nullable Path folder;

    private ReferenceCache(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Keeps files in that folder, which is made where it is missing. */
    public static ReferenceCache in(Path folder) {
        return new ReferenceCache(folder);
    }

    /**
     * The hash of all that log-probabilities depend on: the model's weights and shape, how its products are computed, and
     * the ids, in which tokenizer, template, preferences and the longest text have had their say.
     *
     * @param what is made of them: other sums over the same rows have another key
     */
    static String key(String what, Transformer model, Forward.Rows rows) {
        String said = String.join(
                "\n",
                FORM,
                what,
                model.hash(),
                model.config().toString(),
                model.torch().precision().name(),
                Integer.toString(model.torch().threads())); // another number gives other last bits
        byte[] head = said.getBytes(StandardCharsets.UTF_8);
        int numbers = rows.ids().stream().mapToInt(ids -> 2 + ids.length).sum();
        ByteBuffer all =
                ByteBuffer.allocate(head.length + Integer.BYTES * numbers).put(head);
        for (int i = 0; i < rows.from().length; i++) {
            int[] ids = rows.ids().get(i);
            all.putInt(ids.length).putInt(rows.from()[i]);
            Arrays.stream(ids).forEach(all::putInt);
        }
        return Hashes.sha256(all.array());
    }

    /**
     * The numbers under a key; where there are none, or damaged ones, they are computed and kept.
     *
     * @param key asked for only where numbers are kept: it takes a while to hash a model
     */
    float[] of(Supplier<String> key, Supplier<float[]> numbers) {
        if (folder == null) {
            return numbers.get();
        }
        Path file = folder.resolve(key.get() + ".floats");
        return find(file).orElseGet(() -> {
            float[] computed = numbers.get();
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * computed.length);
            bytes.asFloatBuffer().put(computed);
            byte[] digest = Hashes.sha256(bytes.array()).getBytes(StandardCharsets.US_ASCII);
            Json.replace(
                    file,
                    ByteBuffer.allocate(DIGEST + bytes.capacity())
                            .put(digest)
                            .put(bytes.array())
                            .array());
            return computed;
        });
    }

    private static Optional<float[]> find(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            byte[] all = Files.readAllBytes(file);
            byte[] bytes = Arrays.copyOfRange(all, Math.min(DIGEST, all.length), all.length);
            String digest = new String(all, 0, all.length - bytes.length, StandardCharsets.US_ASCII);
            if (!digest.equals(Hashes.sha256(bytes))) {
                return Optional.empty();
            }
            float[] numbers = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
            return Optional.of(numbers);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
