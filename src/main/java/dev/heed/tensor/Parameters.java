package dev.heed.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Named float32 arrays that are learned, in a fixed order; they own their native memory. */
public final class Parameters implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private long version;

    public Parameters(NDManager parent) {
        manager = parent.newSubManager();
    }

    /** Takes over the array. */
    public NDArray add(String name, NDArray array) {
        array.attach(manager);
        if (arrays.put(name, array) != null) {
            throw new IllegalArgumentException("parameter twice: " + name);
        }
        return array;
    }

    /** The manager that new parameters are created on. */
    public NDManager manager() {
        return manager;
    }

    public NDArray expect(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + arrays.keySet());
        }
        return array;
    }

    public Set<String> names() {
        return arrays.keySet();
    }

    public List<NDArray> all() {
        return new ArrayList<>(arrays.values());
    }

    /** Grows whenever the numbers change. */
    public long version() {
        return version;
    }

    /** Says that the numbers have changed. */
    public void changed() {
        version++;
    }

    /** How many numbers are learned. */
    public long count() {
        return arrays.values().stream().mapToLong(NDArray::size).sum();
    }

    @Override
    public void close() {
        manager.close();
    }
}
