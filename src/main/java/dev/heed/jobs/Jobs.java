package dev.heed.jobs;

import dev.heed.jobs.Catalogue.Planned;
import dev.heed.jobs.JobFolder.Asked;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.web.JobHost;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of a home: so many at a time, the others wait in the order in which they were asked for. All that is known of
 * them is in their folders, so that a server goes on where the one before it was, and jobs run on between the two.
 */
public final class Jobs implements JobHost, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final long LOOK_MS = 250;
    private static final int MOST_WAITING = 100;

    private final Path home;
    private final int most;
    private final Program program;
    private final Catalogue catalogue;
    private final InstantSource clock;
    private final TreeMap<Long, OneJob> all = new TreeMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private long newest;
    private boolean trouble;

    private Jobs(Path home, int most, Program program, Catalogue catalogue, InstantSource clock) {
        this.home = home.toAbsolutePath().normalize();
        this.most = most;
        this.program = program;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /**
     * The jobs of a home that this process holds. Whatever waits is started from now on.
     *
     * @param most how many run at the same time
     */
    public static Jobs open(Path home, int most, Program program, Catalogue catalogue) {
        Jobs jobs = new Jobs(home, most, program, catalogue, InstantSource.system());
        jobs.find();
        Thread watch = new Thread(jobs::watch, "heed-jobs");
        watch.setDaemon(true);
        watch.start();
        return jobs;
    }

    private Path folder() {
        return home.resolve("jobs");
    }

    private synchronized void find() {
        if (!Files.isDirectory(folder())) {
            return;
        }
        try (Stream<Path> folders = Files.list(folder())) {
            folders.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d{1,18}"))
                    .map(name -> JobFolder.at(folder(), Long.parseLong(name)))
                    .filter(JobFolder::exists)
                    .forEach(job -> all.put(job.id(), new OneJob(job, clock)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder(), e);
        }
        newest = all.isEmpty() ? 0 : all.lastKey();
    }

    private void watch() {
        try {
            do {
                look();
            } while (!closed.await(LOOK_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts what may begin now. */
    private synchronized void look() {
        try {
            List<OneJob> at = all.values().stream().filter(OneJob::works).toList();
            at.forEach(OneJob::insist);
            long working = at.size();
            for (OneJob job : all.values()) {
                if (working < most && job.waits() && !isWorkedOn(job.run())) {
                    job.begin(program, home);
                    working++;
                }
            }
            trouble = false;
        } catch (RuntimeException e) { // such as a full disk: it is tried again, and told once
            if (!trouble) {
                LOG.error("the jobs of {} cannot be looked after", home, e);
            }
            trouble = true;
        }
    }

    /** By whomever, a shell or another job. */
    private boolean isWorkedOn(@Nullable String run) {
        return run != null && RunDir.at(home, run).state() == RunDir.State.RUNNING;
    }

    @Override
    public Offer offer() {
        return catalogue.offer();
    }

    @Override
    public synchronized List<Job> jobs() {
        return all.values().stream().map(job -> job.told(home)).toList();
    }

    @Override
    public synchronized Job start(Order order, String who) {
        Set<String> coming = all.values().stream()
                .filter(job -> job.waits() || job.works())
                .map(OneJob::run)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        Planned planned = catalogue.plan(order, coming);
        if (planned.run() != null) {
            expectFree(planned.run());
            if (RunDir.at(home, planned.run()).finished()) {
                throw new UserError("run %s is done already; give another --name".formatted(planned.run()));
            }
        }
        return ask(planned, who);
    }

    @Override
    public synchronized Job resume(String run, String who) {
        RunDir dir = RunDir.all(home).stream()
                .filter(one -> one.name().equals(run))
                .findFirst()
                .orElseThrow(() -> new NotFoundResponse("there is no run " + run));
        if (dir.finished()) {
            throw new UserError("run %s is done".formatted(run));
        }
        if (dir.words().isEmpty()) {
            throw new UserError("run %s does not say which command began it".formatted(run));
        }
        expectFree(run);
        return ask(new Planned(List.of("resume", run), run), who);
    }

    @Override
    public synchronized Job again(long id, String who) {
        OneJob job = expect(id);
        if (job.waits() || job.works()) {
            throw new UserError("job %d has not ended yet".formatted(id));
        }
        if (job.run() != null) {
            expectFree(job.run());
        }
        return ask(new Planned(job.words(), job.run()), who);
    }

    private void expectFree(String run) {
        all.values().stream()
                .filter(job -> run.equals(job.run()) && (job.waits() || job.works()))
                .findFirst()
                .ifPresent(job -> {
                    throw new UserError("job %d is for run %s already; let it end, or give another --name"
                            .formatted(job.id(), run));
                });
        if (isWorkedOn(run)) {
            throw new UserError("a process works on run %s; let it end, or give another --name".formatted(run));
        }
    }

    private Job ask(Planned planned, String who) {
        if (all.values().stream().filter(OneJob::waits).count() >= MOST_WAITING) {
            throw new UserError("%d jobs wait already; remove some".formatted(MOST_WAITING));
        }
        JobFolder folder = JobFolder.at(folder(), newest + 1);
        folder.write(new Asked(planned.words(), who, clock.instant(), planned.run(), null, null));
        newest++;
        OneJob job = new OneJob(folder, clock);
        all.put(job.id(), job);
        look();
        return job.told(home);
    }

    @Override
    public synchronized Job stop(long id) {
        OneJob job = expectWorking(id);
        job.stop();
        return job.told(home);
    }

    @Override
    public synchronized Job kill(long id) {
        OneJob job = expectWorking(id);
        job.kill();
        return job.told(home);
    }

    private OneJob expectWorking(long id) {
        OneJob job = expect(id);
        if (!job.works()) {
            throw new UserError("job %d does not run".formatted(id));
        }
        return job;
    }

    @Override
    public synchronized void remove(long id) {
        OneJob job = expect(id);
        if (job.works()) {
            throw new UserError("job %d runs; stop it first".formatted(id));
        }
        job.remove();
        all.remove(id);
    }

    @Override
    public Log log(long id, long from) {
        return Tail.of(find(id).folder().log(), from);
    }

    private synchronized OneJob find(long id) {
        return expect(id);
    }

    private OneJob expect(long id) {
        OneJob job = all.get(id);
        if (job == null) {
            throw new NotFoundResponse("there is no job " + id);
        }
        return job;
    }

    /** Starts no more. What runs goes on. */
    @Override
    public void close() {
        closed.countDown();
    }
}
