package dev.heed.tensor;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that compute beside each other, each with a share of the threads that operations fork into. */
final class Lanes {
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private final List<ExecutorService> lanes = new ArrayList<>();

    /**
     * @param count of lanes, each with a share of the threads
     * @param threads that operations on other threads fork into
     */
    Lanes(int count, int threads) {
        for (int i = 0; i < count; i++) {
            String name = "lane-" + (i + 1);
            ExecutorService lane = Executors.newSingleThreadExecutor(task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
            });
            lanes.add(lane);
            end(lane.submit(() -> {
                INSIDE.set(true);
                Torch.prepareThread();
                JniUtils.setNumThreads(threads / count);
                return JniUtils.getNumThreads(); // libtorch takes the number over at a thread's first question
            }));
        }
        JniUtils.setNumThreads(threads); // what the lanes set is also the number for threads to come
    }

    /** Whether this thread is a lane. */
    static boolean inside() {
        return INSIDE.get();
    }

    /** Runs the tasks to their ends; throws what the first of them threw. */
    void run(List<Runnable> tasks) {
        if (tasks.size() > lanes.size()) {
            throw new IllegalArgumentException("%d tasks for %d lanes".formatted(tasks.size(), lanes.size()));
        }
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            running.add(lanes.get(i).submit(tasks.get(i)));
        }
        List<RuntimeException> failures = new ArrayList<>();
        for (Future<?> task : running) { // to the end of all: arrays that one still uses must not be freed
            end(task).ifPresent(failures::add);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    /** Waits for a task's end, also where this thread is interrupted; what it threw, if it did. */
    private static Optional<RuntimeException> end(Future<?> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return Optional.empty();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return Optional.of(
                            e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
