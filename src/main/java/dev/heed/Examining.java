package dev.heed;

import dev.heed.eval.exam.Asking;
import dev.heed.eval.exam.Contamination;
import dev.heed.eval.exam.ExamResult;
import dev.heed.eval.exam.Grading;
import dev.heed.eval.exam.Marked;
import dev.heed.eval.exam.Marker;
import dev.heed.eval.exam.Paper;
import dev.heed.eval.exam.Population;
import dev.heed.eval.exam.RewardMarker;
import dev.heed.eval.exam.Shots;
import dev.heed.eval.exam.Sitting;
import dev.heed.eval.report.ExamPage;
import dev.heed.model.Head;
import dev.heed.model.RewardModel;
import dev.heed.model.Transformer;
import dev.heed.quality.Bootstrap;
import dev.heed.run.Draws;
import dev.heed.run.Interrupt;
import dev.heed.run.Json;
import dev.heed.run.Progress;
import dev.heed.run.UserError;
import dev.heed.sample.Decoding;
import dev.heed.tensor.Precision;
import dev.heed.tensor.Torch;
import dev.heed.text.ChatTemplate;
import dev.heed.text.ExamFile;
import dev.heed.text.ExamItem;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One exam, several models: the same questions to each, in float32, and one result. */
final class Examining {
    private static final int SHOWN = 10;

    private final Context context;
    private final ExamCommand.Settings knobs;
    private final Path folder;
    private final @Nullable Valley valley;
    private final List<ExamItem> examples;
    private int leftOut;

    Examining(Context context, ExamCommand.Settings knobs) {
        this.context = context;
        this.knobs = knobs;
        folder = context.home().resolve("exams");
        examples = knobs.shotsFrom().isEmpty() ? List.of() : good(ExamFile.read(Path.of(knobs.shotsFrom())));
        valley = Valley.SUITES.contains(knobs.suite()) ? new Valley(context.home(), context.seed()) : null;
    }

    Told result() {
        List<String> names =
                Arrays.stream(knobs.model().split(",", -1)).map(String::strip).toList();
        List<Path> models =
                names.stream().map(name -> Models.expect(context.home(), name)).toList();
        Paper paper = fitting(limited(paper()), models);
        double[] overlap = knobs.against().isEmpty() ? new double[0] : overlap(paper);
        List<Sat> all = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = Path.of(names.get(i)).getFileName().toString();
            all.add(with(
                    models.get(i),
                    (model, tokenizer) ->
                            new Sat(name, model.hash(), form(tokenizer), sat(name, model, tokenizer, paper.items()))));
        }
        List<ExamResult.Candidate> candidates = graded(paper, all, overlap);
        ExamResult result = new ExamResult(
                paper.name(),
                context.seed(),
                paper.items().size(),
                leftOut,
                new ExamResult.Conditions(
                        all.get(0).form(),
                        knobs.listing(),
                        knobs.way(),
                        knobs.shots(),
                        knobs.samples(),
                        knobs.temperature(),
                        knobs.maxTokens(),
                        knobs.bins(),
                        overlap.length == 0 ? null : told(overlap)),
                candidates);
        Json.write(folder.resolve(paper.name() + ".json"), result);
        Path page = folder.resolve(paper.name() + ".html");
        ExamPage.write(page, result);
        return new Told(result, page);
    }

    /** A model's answers. */
    private record Sat(String name, String hash, Asking.Form form, List<Marked> marked) {}

    /** Work with a model that is loaded for it. */
    private interface Work<T> {
        T with(Transformer model, Tokenizer tokenizer);
    }

    private <T> T with(Path dir, Work<T> work) {
        try (Tokenizer tokenizer = Tokenizer.load(dir);
                Transformer model = Transformer.load(torch(), dir, Head.LANGUAGE)) {
            return work.with(model, tokenizer);
        }
    }

    private Torch torch() {
        return Torch.start(context.settings().threads(), Precision.FP32);
    }

    // ---- questions ----

    private Paper paper() {
        if (valley != null) {
            return valley.paper(knobs.suite());
        }
        List<ExamItem> items = good(ExamFile.read(Path.of(knobs.suite())));
        if (items.isEmpty()) {
            throw new UserError("%s has no good question".formatted(knobs.suite()));
        }
        String name = Path.of(knobs.suite())
                .toAbsolutePath()
                .normalize()
                .getFileName()
                .toString();
        return Paper.ungraded(name.replaceAll("\\.(jsonl|csv|json)(\\.gz)?$", ""), items);
    }

    private List<ExamItem> good(ExamFile file) {
        accept(file.errors());
        return file.items();
    }

    private Paper limited(Paper paper) {
        int all = paper.items().size();
        if (knobs.limit() == 0 || knobs.limit() >= all) {
            return paper;
        }
        if (!paper.sections().isEmpty()) {
            throw new UserError("--limit=%d would change what %s is scored by; leave it out"
                    .formatted(knobs.limit(), paper.name()));
        }
        int[] drawn =
                Arrays.copyOf(Draws.permutation(all, context.seed(), "questions of " + paper.name(), 0), knobs.limit());
        return Paper.ungraded(
                paper.name(),
                Arrays.stream(drawn).sorted().mapToObj(paper.items()::get).toList());
    }

    /** Without what does not fit a model, where that may be left out. */
    private Paper fitting(Paper paper, List<Path> models) {
        Set<String> errors = new HashSet<>();
        List<ExamItem> items = new ArrayList<>(paper.items());
        for (Path dir : models) {
            with(dir, (model, tokenizer) -> {
                Sitting sitting = sitting(model, tokenizer, paper.items());
                return items.removeIf(item -> {
                    List<String> tooLong = sitting.tooLong(List.of(item));
                    errors.addAll(tooLong);
                    return !tooLong.isEmpty();
                });
            });
        }
        accept(errors.stream().sorted().toList());
        if (items.isEmpty()) {
            throw new UserError("no question of %s fits the models' context".formatted(paper.name()));
        }
        return new Paper(paper.name(), items, paper.sections(), paper.passMark());
    }

    private void accept(List<String> errors) {
        if (!errors.isEmpty() && !knobs.skipInvalid()) {
            throw new UserError(
                    errors.size() == 1
                            ? errors.get(0) + "; --skip-invalid leaves it out"
                            : "%s; so are %d more, --skip-invalid leaves them out"
                                    .formatted(errors.get(0), errors.size() - 1));
        }
        errors.stream().limit(SHOWN).forEach(error -> context.say("left out: " + error));
        if (errors.size() > SHOWN) {
            context.say("… and %d more".formatted(errors.size() - SHOWN));
        }
        leftOut += errors.size();
    }

    // ---- sitting ----

    private Asking.Form form(Tokenizer tokenizer) {
        return knobs.form(Asking.Form.suiting(ChatTemplate.of(tokenizer)));
    }

    private Asking asking(Tokenizer tokenizer, List<ExamItem> items) {
        Shots shots = knobs.shots() == 0
                ? Shots.NONE
                : new Shots(knobs.shots(), examples.isEmpty() ? items : examples, context.seed());
        return new Asking(tokenizer, form(tokenizer), knobs.listing(), shots);
    }

    private Sitting sitting(Transformer model, Tokenizer tokenizer, List<ExamItem> items) {
        return sitting(model, asking(tokenizer, items), valley == null ? Marker.NONE : valley.marker());
    }

    private Sitting sitting(Transformer model, Asking asking, Marker marker) {
        return new Sitting(
                model,
                asking,
                marker,
                new Sitting.Writing(
                        Decoding.at(knobs.temperature(), knobs.maxTokens()), knobs.samples(), context.seed()));
    }

    private List<Marked> sat(String name, Transformer model, Tokenizer tokenizer, List<ExamItem> items) {
        if (valley != null || knobs.reward().isEmpty()) {
            return sitting(model, tokenizer, items).of(name, items);
        }
        Path dir = Models.expect(context.home(), knobs.reward());
        try (Tokenizer theirs = Tokenizer.load(dir);
                RewardModel reward = RewardModel.load(torch(), dir)) {
            if (!theirs.hash().equals(tokenizer.hash())) {
                throw new UserError("%s and %s have different tokenizers; a judge must read what the model writes"
                        .formatted(knobs.reward(), name));
            }
            Asking asking = asking(tokenizer, items);
            return sitting(model, asking, new RewardMarker(reward, asking)).of(name, items);
        }
    }

    /** Each is placed among those who sat the exam before and those who sit it now. */
    private List<ExamResult.Candidate> graded(Paper paper, List<Sat> all, double[] overlap) {
        Grading grading = new Grading(paper, knobs.way(), knobs.bins(), new Bootstrap(context.seed()));
        Path file = folder.resolve("population.jsonl");
        List<Population.Candidate> here = paper.sections().isEmpty()
                ? List.of()
                : all.stream()
                        .map(sat -> new Population.Candidate(
                                paper.name(),
                                sat.name(),
                                sat.hash(),
                                grading.score(sat.marked()).mean()))
                        .toList();
        Population everyone = Population.of(paper.name(), file).and(here);
        here.forEach(candidate -> Population.remember(file, candidate));
        return all.stream()
                .map(sat -> grading.of(sat.name(), sat.marked(), overlap, everyone.without(sat.hash())))
                .toList();
    }

    // ---- the training text ----

    private double[] overlap(Paper paper) {
        Contamination contamination = new Contamination(paper.items(), knobs.ngram());
        List<TextFile.Document> documents = TextFile.read(Path.of(knobs.against()));
        try (Progress progress = Progress.of("training text", documents.size())) {
            for (int i = 0; i < documents.size(); i++) {
                contamination.read(documents.get(i).words());
                progress.at(i + 1, "");
                Interrupt.check();
            }
        }
        return contamination.shares();
    }

    private ExamResult.Overlap told(double[] overlap) {
        return new ExamResult.Overlap(
                knobs.ngram(),
                Arrays.stream(overlap).filter(share -> share > 0).count() / (double) overlap.length,
                Arrays.stream(overlap).average().orElse(Double.NaN));
    }

    /** The result, for people and programs. */
    record Told(@com.fasterxml.jackson.annotation.JsonValue ExamResult result, Path page) implements Shown {
        @Override
        public String text() {
            return ExamScreen.of(result) + "\n" + page;
        }
    }
}
