package dev.heed.scale;

import dev.heed.eval.scaling.Fitted;
import dev.heed.eval.scaling.Foretelling;
import dev.heed.eval.scaling.Grade;
import dev.heed.eval.scaling.Ladder;
import dev.heed.eval.scaling.Prediction;
import dev.heed.eval.scaling.Transfer;
import dev.heed.eval.scaling.Trial;
import dev.heed.feedback.Hashes;
import dev.heed.quality.Interval;
import dev.heed.run.Json;
import dev.heed.run.RunDir;
import dev.heed.run.Settings;
import dev.heed.run.UserError;
import dev.heed.run.Version;
import dev.heed.tensor.Torch;
import dev.heed.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The ladder of a home, as files in HOME/scale: plan.json, the text and its tokenizer, fit.json, prediction.json, grade.json and
 * transfer.json. Its runs lie beside all others.
 */
public final class Study {
    /** Bits a byte that are assumed to be left of a text of which nobody knows them; Shannon 1951 has 0.6 to 1.3 of printed English. */
    public static final double ASSUMED = 0.8;

    private final Settings settings;
    private final List<String> words;
    private final Supplier<Torch> torch;
    private final Path folder;

    /**
     * @param words the command that begins its runs, see {@link RunDir#words}
     * @param torch started when first asked for
     */
    public Study(Settings settings, List<String> words, Supplier<Torch> torch) {
        this.settings = settings;
        this.words = words;
        this.torch = torch;
        this.folder = settings.home().resolve("scale");
    }

    /** Where its files lie. */
    public Path folder() {
        return folder;
    }

    private Path file(String name) {
        return folder.resolve(name + ".json");
    }

    private <T> Optional<T> find(String name, Class<T> type) {
        return Files.exists(file(name)) ? Optional.of(Json.read(file(name), type)) : Optional.empty();
    }

    // ---- plan ----

    /** The plan, where there is one. */
    public Optional<Plan> findPlan() {
        return find("plan", Plan.class);
    }

    /** @throws UserError if there is none */
    public Plan expectPlan() {
        return findPlan()
                .orElseThrow(() -> new UserError("no plan in %s; heed scale plan makes one".formatted(folder)));
    }

    /**
     * Plans; the same plan again is no plan anew.
     *
     * @throws UserError if there is another plan already
     */
    public Plan plan(Plan.Budget budget, Recipe recipe, Documents documents) {
        Optional<Plan> before = findPlan();
        if (before.isPresent()) {
            Plan plan = before.get();
            if (!plan.budget().equals(budget)
                    || !plan.recipe().equals(recipe)
                    || !plan.source().what().equals(documents.what())) {
                throw new UserError("%s has another plan already; plan in another --home, or delete %s and its runs"
                        .formatted(settings.home(), folder));
            }
            return plan;
        }
        Source source = new Texts(folder, documents).make(Plan.tokens(budget, recipe), recipe);
        Map<Plan.Step, Double> paces = new HashMap<>();
        for (Plan.Step step : Plan.steps(budget, recipe, source)) {
            paces.put(step, Pacing.secondsPerStep(torch.get(), recipe, step));
        }
        Plan plan = Plan.of(budget, recipe, source, Instant.now(), step -> paces.getOrDefault(step, Double.NaN));
        Json.write(file("plan"), plan);
        return plan;
    }

    // ---- run ----

    /** Does the runs of the ladder that are not done. */
    public void climb() {
        Plan plan = expectPlan();
        climb(plan).all("ladder", plan.ladder(), false);
    }

    /**
     * Does the large run.
     *
     * @throws UserError if nothing was foretold of it
     */
    public Trial runLarge() {
        Plan plan = expectPlan();
        if (findPrediction().isEmpty()) {
            throw new UserError("nothing is foretold of %s yet; heed scale predict first, so that it can be graded"
                    .formatted(plan.large().run()));
        }
        climb(plan).all("large run", List.of(plan.large()), true);
        return Training.of(dir(plan.large()));
    }

    private Climb climb(Plan plan) {
        Text text = Text.read(folder, plan.recipe().length(), plan.source().hash());
        Training training =
                new Training(settings, words, torch.get(), plan.recipe(), plan.source(), text, Texts.tokenizer(folder));
        return new Climb(settings.home(), folder, torch.get(), training);
    }

    private RunDir dir(Planned planned) {
        return RunDir.at(settings.home(), planned.run());
    }

    /** The runs of the ladder that are done. */
    public List<Trial> done() {
        return expectPlan().ladder().stream()
                .map(this::dir)
                .filter(RunDir::finished)
                .map(Training::of)
                .toList();
    }

    /** The large run, where it is done. */
    public Optional<Trial> findLarge() {
        return findPlan()
                .map(Plan::large)
                .map(this::dir)
                .filter(RunDir::finished)
                .map(Training::of);
    }

    // ---- fit, predict, grade ----

    /**
     * Nats a token that no model can do without on the plan's text; 0 where nobody knows.
     *
     * @param entropy bits a byte, as is assumed of a text of which they are not known; 0: nothing is
     * @throws UserError if the text's are known, and somebody assumes others than {@link #ASSUMED}
     */
    public double left(double entropy) {
        Source source = expectPlan().source();
        if (source.left() == 0) {
            return entropy / source.bitsPerNat();
        }
        if (entropy != ASSUMED) {
            throw new UserError(String.format(
                    Locale.ROOT,
                    "--entropy=%s: the entropy of %s is known, %.4f bits a byte; leave it out",
                    entropy,
                    source.what(),
                    source.left() * source.bitsPerNat()));
        }
        return source.left();
    }

    /**
     * What the ladder says.
     *
     * @param leaveOut names of runs
     * @param largest how many sizes count, the largest ones
     * @param left nats a token that no model can do without, see {@link #left}
     * @throws UserError if runs are missing, or some do not belong together
     */
    public Foretelling fit(List<String> leaveOut, int largest, double left) {
        Plan plan = expectPlan();
        List<String> missing = plan.ladder().stream()
                .map(this::dir)
                .filter(run -> !run.finished() && !leaveOut.contains(run.name()))
                .map(RunDir::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new UserError("%d of %d runs of the ladder are not done (%s); heed scale run goes on with them"
                    .formatted(
                            missing.size(),
                            plan.ladder().size(),
                            missing.stream().limit(3).collect(Collectors.joining(", "))
                                    + (missing.size() > 3 ? ", …" : "")));
        }
        Source source = plan.source();
        List<Trial> done = done();
        expectMoreThanAssumed(done, source, left);
        Ladder ladder = Ladder.of(done, leaveOut, source.hash(), source.tokenizer(), left)
                .largest(largest);
        return Foretelling.of(ladder, settings.seed());
    }

    private static void expectMoreThanAssumed(List<Trial> trials, Source source, double left) {
        if (source.left() > 0) {
            return;
        }
        trials.stream().filter(trial -> trial.loss() <= left).findFirst().ifPresent(trial -> {
            throw new UserError(String.format(
                    Locale.ROOT,
                    "run %s reached %.4f bits a byte, and %.4f were assumed to be left in the end; assume less with --entropy, or nothing with --entropy=0",
                    trial.run(),
                    trial.loss() * source.bitsPerNat(),
                    left * source.bitsPerNat()));
        });
    }

    /** Writes fit.json. */
    public Fitted write(Foretelling foretelling) {
        Fitted fitted = Fitted.of(foretelling);
        Json.write(file("fit"), fitted);
        return fitted;
    }

    /** The prediction, where one was made. */
    public Optional<Prediction> findPrediction() {
        return find("prediction", Prediction.class);
    }

    /**
     * Foretells the large run, once.
     *
     * @param largest how many sizes count, the largest ones
     * @param left nats a token that no model can do without, see {@link #left}
     * @throws UserError if it was foretold before, or was made already
     */
    public Prediction predict(List<String> leaveOut, int largest, double left) {
        Plan plan = expectPlan();
        findPrediction().ifPresent(before -> {
            throw new UserError("%s was written at %s and is never rewritten; foretell anew in another --home"
                    .formatted(file("prediction"), before.made()));
        });
        if (dir(plan.large()).begun()) {
            throw new UserError("%s has begun already; what it comes to can no longer be foretold"
                    .formatted(plan.large().run()));
        }
        Foretelling foretelling = fit(leaveOut, largest, left);
        Map<String, String> from = from(plan);
        Interval loss = foretelling.loss(plan.large().spent());
        double bits = plan.source().bitsPerNat();
        Prediction prediction = new Prediction(
                Instant.now(),
                Version.current(),
                hash(from),
                from,
                foretelling.ladder().leftOut(),
                left,
                plan.large().run(),
                plan.large().width(),
                plan.large().spent(),
                foretelling.compute().law(),
                foretelling.compute().backtest(),
                loss,
                new Interval(loss.mean() * bits, loss.low() * bits, loss.high() * bits),
                foretelling.otherwise(plan.large().spent()),
                foretelling.curve(plan.large().spent()),
                foretelling.passes(plan.large().spent()));
        writeOnce(file("prediction"), prediction);
        return prediction;
    }

    /** Every file that a prediction is made from, with its hash. */
    private Map<String, String> from(Plan plan) {
        Map<String, String> from = new TreeMap<>();
        from.put("scale/plan.json", hash(file("plan")));
        for (Planned planned : plan.ladder()) {
            Path result = dir(planned).path().resolve("result.json");
            if (Files.exists(result)) {
                from.put("runs/%s/result.json".formatted(planned.run()), hash(result));
            }
        }
        return from;
    }

    private static String hash(Path file) {
        try {
            return Hashes.sha256(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String hash(Map<String, String> from) {
        String all = from.entrySet().stream()
                .map(e -> e.getValue() + "  " + e.getKey() + "\n")
                .collect(Collectors.joining());
        return Hashes.sha256(all.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeOnce(Path file, Object value) {
        try {
            Files.writeString(file, Json.text(value) + "\n", StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new UserError("%s is there already and is never rewritten".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** The grade, where one was given. */
    public Optional<Grade> findGrade() {
        return find("grade", Grade.class);
    }

    /**
     * Holds the prediction against the large run.
     *
     * @throws UserError if either is missing, or what the prediction was made from has changed since
     */
    public Grade grade() {
        Plan plan = expectPlan();
        Prediction prediction = findPrediction()
                .orElseThrow(() -> new UserError("nothing was foretold in %s; heed scale predict".formatted(folder)));
        Trial large = findLarge()
                .orElseThrow(() -> new UserError("%s is not done; heed scale run --large"
                        .formatted(plan.large().run())));
        if (large.diverged() != null) {
            throw new UserError("%s diverged: %s; there is nothing to grade".formatted(large.run(), large.diverged()));
        }
        Map<String, String> now = from(plan);
        prediction.from().forEach((name, hash) -> {
            if (!hash.equals(now.get(name))) {
                throw new UserError("%s has changed since the prediction was made from it at %s"
                        .formatted(settings.home().resolve(name), prediction.made()));
            }
        });
        Grade grade = Grade.of(prediction, large, Instant.now());
        Json.write(file("grade"), grade);
        return grade;
    }

    // ---- transfer ----

    /** What was found of learning rates, where it was looked for. */
    public Optional<Transfer> findTransfer() {
        return find("transfer", Transfer.class);
    }

    /** Looks for the best learning rates of several widths. */
    public Transfer transfer(TransferStudy.Grid grid) {
        Plan plan = expectPlan();
        Text text = Text.read(folder, plan.recipe().length(), plan.source().hash());
        try (Tokenizer tokenizer = Tokenizer.load(Texts.tokenizer(folder))) {
            Transfer transfer = new TransferStudy(
                            torch.get(), plan.recipe(), text, tokenizer, grid, folder.resolve("transfer"))
                    .result();
            Json.write(file("transfer"), transfer);
            return transfer;
        }
    }
}
