package dev.heed.tensor;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that each compute alone: libtorch's operations on them do not fork. */
final class Lanes {
    private final List<ExecutorService> lanes = new ArrayList<>();

    /** @param count of lanes, which is also the number of threads that operations on other threads fork into */
    Lanes(int count) {
        for (int i = 0; i < count; i++) {
            String name = "lane-" + (i + 1);
            ExecutorService lane = Executors.newSingleThreadExecutor(task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
            });
            lanes.add(lane);
            result(lane.submit(() -> {
                JniUtils.setNumThreads(1);
                return JniUtils.getNumThreads(); // libtorch takes the number over at a thread's first question
            }));
        }
        JniUtils.setNumThreads(count); // what the lanes set is also the number for threads to come
    }

    <T> List<T> run(List<Callable<T>> tasks) {
        if (tasks.size() > lanes.size()) {
            throw new IllegalArgumentException("%d tasks for %d lanes".formatted(tasks.size(), lanes.size()));
        }
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            running.add(lanes.get(i).submit(tasks.get(i)));
        }
        return running.stream().map(Lanes::result).toList();
    }

    private static <T> T result(Future<T> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true; // arrays in use must not be freed: wait on
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
