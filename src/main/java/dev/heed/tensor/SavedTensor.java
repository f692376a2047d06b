package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.heed.run.UserError;
import java.nio.ShortBuffer;
import java.util.Arrays;

/**
 * One tensor of a weights file. Type, shape and place were checked when the file was opened; the numbers are read when
 * asked for. A tensor of any size can be copied into an array ({@link #into}) in constant memory of Java's.
 */
public final class SavedTensor {
    /** The formats of numbers that a file may hold, of which F32, F16, BF16 and I64 are read. */
    public enum Type {
        BOOL(1),
        U8(1),
        I8(1),
        F8_E4M3(1),
        F8_E5M2(1),
        F8_E8M0(1),
        U16(2),
        I16(2),
        F16(2),
        BF16(2),
        U32(4),
        I32(4),
        F32(4),
        U64(8),
        I64(8),
        F64(8),
        C64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }

        /** Whether it comes out as float32. */
        boolean isRead() {
            return this == F32 || this == F16 || this == BF16;
        }
    }

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8; // of Java

    private final Safetensors file;
    private final String name;
    private final Type type;
    private final long[] shape;
    private final long from;
    private final long size;

    SavedTensor(Safetensors file, String name, SafetensorsHeader.Entry entry, long from) {
        this.file = file;
        this.name = name;
        this.type = entry.type();
        this.shape = entry.shape();
        this.from = from;
        this.size = entry.size();
    }

    public Type type() {
        return type;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** How many numbers. */
    public long size() {
        return size;
    }

    /** All numbers in row-major order, whatever they are. */
    public float[] floats() {
        float[] values = new float[sizeOfArray()];
        read(0, values, values.length);
        return values;
    }

    /** The numbers in row-major order, of type I64. */
    public long[] longs() {
        if (type != Type.I64) {
            throw new UserError("%s: tensor %s is %s, expected I64".formatted(file.path(), name, type));
        }
        long[] values = new long[sizeOfArray()];
        file.read(from, size * type.bytes, bytes -> bytes.asLongBuffer().get(values));
        return values;
    }

    private int sizeOfArray() {
        if (size > LARGEST_ARRAY) {
            throw new UserError("%s: tensor %s of shape %s has more than %d numbers"
                    .formatted(file.path(), name, Arrays.toString(shape), LARGEST_ARRAY));
        }
        return (int) size;
    }

    /**
     * Copies the numbers, in row-major order, into an array of as many: a parameter, some of its rows ({@code
     * parameter.get("3:5")}), or another view of it, transposed or permuted, which shares its memory. They are read piece
     * by piece.
     *
     * @throws UserError if a number is NaN or infinite, with the first place where one is; the array is then half filled
     * @throws IllegalArgumentException if the array has another number of numbers
     */
    public void into(Torch torch, NDArray array) {
        if (array.size() != size) {
            throw new IllegalArgumentException("tensor %s of shape %s does not fill an array of shape %s"
                    .formatted(name, Arrays.toString(shape), array.getShape()));
        }
        Scratch scratch = file.scratch();
        synchronized (scratch) {
            copy(torch, scratch, array, 0);
        }
    }

    /** Takes an array apart, along its first dimension, until it is small enough to be filled at once. */
    private void copy(Torch torch, Scratch scratch, NDArray target, long at) {
        if (target.size() <= Scratch.NUMBERS) {
            copyPiece(torch, scratch, target, at);
            return;
        }
        long rows = target.getShape().get(0);
        if (rows == 1) {
            try (NDArray row = target.squeeze(0)) {
                copy(torch, scratch, row, at);
            }
            return;
        }
        long stride = target.size() / rows;
        long step = Math.max(1, Scratch.NUMBERS / stride);
        for (long row = 0; row < rows; row += step) {
            try (NDArray part = target.get(new NDIndex("{}:{}", row, Math.min(rows, row + step)))) {
                copy(torch, scratch, part, at + row * stride);
            }
        }
    }

    private void copyPiece(Torch torch, Scratch scratch, NDArray target, long at) {
        int count = (int) target.size();
        if (count == 0) {
            return;
        }
        float[] values = scratch.floats(count);
        read(at, values, count);
        expectFinite(at, values, count);
        try (NDArray piece = scratch.array(torch, count, target.getShape())) {
            torch.kernels().assign(target, piece);
        }
    }

    private void expectFinite(long at, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new UserError("%s: tensor %s holds %s at %d".formatted(file.path(), name, values[i], at + i));
            }
        }
    }

    /** Reads numbers from that one on into the beginning of an array. */
    private void read(long at, float[] values, int count) {
        if (!type.isRead()) {
            throw unread();
        }
        file.read(from + at * type.bytes, (long) count * type.bytes, bytes -> {
            switch (type) {
                case BF16 -> brainFloats(bytes.asShortBuffer(), values, count);
                case F16 -> halfFloats(bytes.asShortBuffer(), values, count);
                default -> bytes.asFloatBuffer().get(values, 0, count);
            }
        });
    }

    /** The complaint about a type that is not read. */
    UserError unread() {
        return new UserError(
                "%s: tensor %s is of type %s; F32, F16 and BF16 are read".formatted(file.path(), name, type));
    }

    private static void brainFloats(ShortBuffer bits, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat(bits.get(i) << 16);
        }
    }

    private static void halfFloats(ShortBuffer bits, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = half(bits.get(i));
        }
    }

    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> fraction * 0x1p-24f;
                    case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
                };
        return bits < 0 ? -magnitude : magnitude;
    }
}
