package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory for one piece of a tensor on its way from a file to libtorch, used again for the next: what DJL allocates for
 * each array that it is given would be freed only at the next garbage collection.
 */
final class Scratch {
    /** Most numbers of a piece. */
    static final int NUMBERS = 1 << 20;

    private float[] floats = new float[0];
    private ByteBuffer shared = ByteBuffer.allocateDirect(0);

    /** An array of at least so many numbers. */
    float[] floats(int count) {
        if (floats.length < count) {
            floats = new float[roomFor(count)];
        }
        return floats;
    }

    /** The first numbers of {@link #floats} as an array of libtorch; to be closed before the next one is made. */
    NDArray array(Torch torch, int count, Shape shape) {
        int bytes = count * Float.BYTES;
        if (shared.capacity() < bytes) {
            shared = ByteBuffer.allocateDirect(roomFor(count) * Float.BYTES);
        }
        ByteBuffer piece = shared.slice(0, bytes).order(ByteOrder.nativeOrder());
        piece.asFloatBuffer().put(floats, 0, count);
        return torch.manager().create(piece, shape, DataType.FLOAT32);
    }

    private static int roomFor(int count) {
        return Math.max(1024, Integer.highestOneBit(2 * count - 1));
    }
}
