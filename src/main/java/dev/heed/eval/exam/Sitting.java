package dev.heed.eval.exam;

import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Interrupt;
import dev.heed.run.Progress;
import dev.heed.sample.Decoding;
import dev.heed.sample.Sampled;
import dev.heed.sample.Sampler;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Free;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A model sits an exam. Choices are scored by the probability of each option; all else is written, and marked. */
public final class Sitting {
    private static final int ROWS_AT_ONCE = 128;

    private final Transformer model;
    private final Asking asking;
    private final Marker marker;
    private final Writing writing;

    /**
     * How answers are written.
     *
     * @param samples answers to each question
     * @param seed of their draws
     */
    public record Writing(Decoding decoding, int samples, long seed) {}

    public Sitting(Transformer model, Asking asking, Marker marker, Writing writing) {
        this.model = model;
        this.asking = asking;
        this.marker = marker;
        this.writing = writing;
    }

    /** Why questions cannot be asked: what does not fit the model's context, each with its place. */
    public List<String> tooLong(List<ExamItem> items) {
        List<String> errors = new ArrayList<>();
        int context = model.config().context();
        for (ExamItem item : items) {
            int asked = asking.question(item).length;
            if (asked >= context) {
                errors.add("%s: a question of %d tokens with its examples leaves no room in the model's context of %d"
                        .formatted(item.place(), asked, context));
            } else if (item.key() instanceof Choice choice) {
                List<String> options = asking.options(choice);
                for (int i = 0; i < options.size(); i++) {
                    int length = asking.answer(options.get(i)).length;
                    if (asked + length > context) {
                        errors.add(
                                "%s: option %d of %d tokens after a question of %d does not fit the model's context of %d"
                                        .formatted(item.place(), i + 1, length, asked, context));
                    }
                }
            }
        }
        return errors;
    }

    /**
     * What the model makes of them, in their order.
     *
     * @param name of the model, for the person who waits
     */
    public List<Marked> of(String name, List<ExamItem> items) {
        TreeMap<Integer, Marked> marked = new TreeMap<>();
        int[] choices = places(items, true);
        int[] others = places(items, false);
        try (Progress progress = Progress.of("exam of " + name, items.size())) {
            int each = Math.max(1, ROWS_AT_ONCE / (2 * mostOptions(items)));
            for (int start = 0; start < choices.length; start += each) {
                choose(items, Arrays.copyOfRange(choices, start, Math.min(choices.length, start + each)), marked);
                progress.at(marked.size(), "");
                Interrupt.check();
            }
            each = Math.max(1, ROWS_AT_ONCE / writing.samples());
            for (int start = 0; start < others.length; start += each) {
                write(items, Arrays.copyOfRange(others, start, Math.min(others.length, start + each)), marked);
                progress.at(marked.size(), "");
                Interrupt.check();
            }
        }
        return List.copyOf(marked.values());
    }

    private static int[] places(List<ExamItem> items, boolean choices) {
        return IntStream.range(0, items.size())
                .filter(i -> items.get(i).key() instanceof Choice == choices)
                .toArray();
    }

    private static int mostOptions(List<ExamItem> items) {
        return items.stream()
                .mapToInt(item ->
                        item.key() instanceof Choice choice ? choice.options().size() : 1)
                .max()
                .orElse(1);
    }

    /** Rows that are scored together. */
    private static final class Rows {
        private final List<int[]> ids = new ArrayList<>();
        private final List<Integer> from = new ArrayList<>();

        void add(int[] before, int[] answer) {
            int[] row = Arrays.copyOf(before, before.length + answer.length);
            System.arraycopy(answer, 0, row, before.length, answer.length);
            ids.add(row);
            from.add(before.length);
        }

        /** The summed log-probability of each row's answer, nats. */
        double[] scores(Transformer model) {
            float[][] logProbs = Forward.logProbs(
                    model, new Forward.Rows(ids, from.stream().mapToInt(i -> i).toArray()), 1);
            double[] sums = new double[logProbs.length];
            for (int i = 0; i < sums.length; i++) {
                for (float logProb : logProbs[i]) {
                    sums[i] += logProb;
                }
            }
            return sums;
        }
    }

    private void choose(List<ExamItem> items, int[] chosen, Map<Integer, Marked> marked) {
        int[] unasked = asking.unasked();
        Rows rows = new Rows();
        for (int place : chosen) {
            int[] question = asking.question(items.get(place));
            for (String option : options(items.get(place))) {
                int[] answer = asking.answer(option);
                rows.add(question, answer);
                rows.add(unasked, answer);
            }
        }
        double[] scores = rows.scores(model);
        int at = 0;
        for (int place : chosen) {
            List<String> options = options(items.get(place));
            double[] asked = new double[options.size()];
            double[] without = new double[options.size()];
            for (int i = 0; i < asked.length; i++) {
                asked[i] = scores[at++];
                without[i] = scores[at++];
            }
            int[] bytes = options.stream()
                    .mapToInt(option -> option.getBytes(StandardCharsets.UTF_8).length)
                    .toArray();
            OptionScores found = new OptionScores(asked, without, bytes);
            int right = ((Choice) items.get(place).key()).right();
            marked.put(place, new Marked(items.get(place), found, asked[right], List.of(), new double[0], Double.NaN));
        }
    }

    private List<String> options(ExamItem item) {
        return asking.options((Choice) item.key());
    }

    private void write(List<ExamItem> items, int[] chosen, Map<Integer, Marked> marked) {
        List<Written> written = written(items, chosen);
        double[] keys = keyLogProbs(items, chosen);
        List<Marker.Mark> marks = marks(written);
        for (int i = 0; i < chosen.length; i++) {
            int first = i * writing.samples();
            List<Marker.Mark> own = marks.subList(first, first + writing.samples());
            marked.put(
                    chosen[i],
                    new Marked(
                            items.get(chosen[i]),
                            null,
                            keys[i],
                            written.subList(first, first + writing.samples()).stream()
                                    .map(Written::text)
                                    .toList(),
                            own.stream().mapToDouble(Marker.Mark::points).toArray(),
                            own.stream()
                                    .mapToDouble(Marker.Mark::tempted)
                                    .average()
                                    .orElseThrow()));
        }
    }

    private List<Written> written(List<ExamItem> items, int[] chosen) {
        List<int[]> prompts = new ArrayList<>();
        long[] keys = new long[chosen.length * writing.samples()];
        for (int place : chosen) {
            int[] question = asking.question(items.get(place));
            for (int sample = 0; sample < writing.samples(); sample++) {
                keys[prompts.size()] = Draws.key(0, items.get(place).id(), sample);
                prompts.add(question);
            }
        }
        List<Sampled> sampled =
                new Sampler(model, asking.end()).sample(prompts, writing.decoding(), writing.seed(), keys);
        List<Written> written = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            int[] answer = sampled.get(i).ids();
            int[] row = Arrays.copyOf(prompts.get(i), prompts.get(i).length + answer.length);
            System.arraycopy(answer, 0, row, prompts.get(i).length, answer.length);
            written.add(new Written(
                    items.get(chosen[i / writing.samples()]),
                    row,
                    prompts.get(i).length,
                    asking.written(answer),
                    sampled.get(i).ended()));
        }
        return written;
    }

    /** NaN where the key shows no answer, or one that does not fit. */
    private double[] keyLogProbs(List<ExamItem> items, int[] chosen) {
        double[] keys = new double[chosen.length];
        Arrays.fill(keys, Double.NaN);
        Rows rows = new Rows();
        List<Integer> of = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) {
            ExamItem item = items.get(chosen[i]);
            int[] question = asking.question(item);
            int[] answer = asking.answer(item.key().shown());
            if (!item.key().shown().isEmpty()
                    && question.length + answer.length <= model.config().context()) {
                rows.add(question, answer);
                of.add(i);
            }
        }
        if (!of.isEmpty()) {
            double[] scores = rows.scores(model);
            for (int i = 0; i < scores.length; i++) {
                keys[of.get(i)] = scores[i];
            }
        }
        return keys;
    }

    private List<Marker.Mark> marks(List<Written> written) {
        List<Written> free = written.stream().filter(Sitting::needsJudge).toList();
        List<Marker.Mark> judged = free.isEmpty() ? List.of() : marker.of(free);
        List<Marker.Mark> marks = new ArrayList<>();
        int next = 0;
        for (Written answer : written) {
            marks.add(
                    needsJudge(answer)
                            ? judged.get(next++)
                            : new Marker.Mark(Marking.of(answer.item().key(), answer.text())));
        }
        return marks;
    }

    private static boolean needsJudge(Written answer) {
        return answer.item().key() instanceof Free free && !free.ruled();
    }
}
