package dev.heed;

import dev.heed.eval.exam.Marker;
import dev.heed.eval.exam.Paper;
import dev.heed.eval.exam.Written;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Interrupt;
import dev.heed.run.Knobs;
import dev.heed.run.Progress;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.text.ExamItem;
import dev.heed.text.ExamItem.Choice;
import dev.heed.text.ExamItem.Free;
import dev.heed.world.Gold;
import dev.heed.world.Quiz;
import dev.heed.world.Rumours;
import dev.heed.world.Sort;
import dev.heed.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Exams about the built-in world. {@code valley} is what one has to pass there to give advice: sections with weights and a
 * pass mark. {@code facts} asks for every fact, straight, after hearsay that tempts to the falsehood which the text tells most
 * often, and with that falsehood taken for granted; each as a choice and as an answer of one's own. The world's judge marks
 * what is written. {@code talk} asks what somebody says next, so that probabilities can be held against how often they are right.
 */
final class Valley {
    static final String GRADED = "valley";
    static final String FACTS = "facts";
    static final String TALK = "talk";
    static final List<String> SUITES = List.of(GRADED, FACTS, TALK);

    private static final double PASS_MARK = 0.7;
    private static final int PER_SECTION = 60;
    private static final int DRAWN = 1200;
    private static final int GUESSES = 1000;
    private static final Free JUDGED = new Free(List.of(), List.of(), "");

    private final World world;
    private final int documents;
    private final Map<String, Quiz.Question> questions = new HashMap<>();
    private final Map<String, Prompt> prompts = new HashMap<>();
    private @Nullable Quiz quiz;
    private int count;

    /** @throws UserError if the home's world is that of another seed */
    Valley(Path home, long seed) {
        RunDir pretrain = RunDir.at(home, "pretrain");
        long its = pretrain.begun()
                ? pretrain.config().path("settings").path("seed").asLong(seed)
                : seed;
        if (its != seed) {
            throw new UserError("--seed must be %d, that of the world of %s, was %d".formatted(its, home, seed));
        }
        world = World.of(seed);
        int usual = Knobs.defaults(Loop.Config.class).documents();
        documents = Files.exists(home.resolve("world")) ? read(home.resolve("world"), usual) : usual;
    }

    /** How many documents the home's text has. */
    private static int read(Path folder, int usual) {
        String[] names = Objects.requireNonNullElse(folder.toFile().list(), new String[0]);
        for (String name : names) {
            if (name.matches("text-\\d{1,8}\\.jsonl")) {
                return Integer.parseInt(name.replaceAll("\\D", ""));
            }
        }
        return usual;
    }

    Paper paper(String suite) {
        if (suite.equals(TALK)) {
            return Paper.ungraded(TALK, talk());
        }
        Quiz drawn = world.quiz(rumours());
        quiz = drawn;
        return suite.equals(GRADED) ? graded(drawn) : Paper.ungraded(FACTS, factual(drawn));
    }

    private Rumours rumours() {
        Rumours rumours = new Rumours(world.facts());
        try (Progress progress = Progress.of("rumours", documents)) {
            for (int i = 0; i < documents; i++) {
                rumours.hear(world.document(i));
                if (i % 100 == 0) {
                    progress.at(i + 1, "");
                    Interrupt.check();
                }
            }
            progress.at(documents, "");
        }
        return rumours;
    }

    // ---- facts ----

    private List<ExamItem> factual(Quiz quiz) {
        List<ExamItem> items = new ArrayList<>();
        for (Quiz.Kind kind : Quiz.Kind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            for (Quiz.Question question : quiz.of(kind)) {
                items.add(chosen(name, question));
            }
            for (Quiz.Question question : quiz.of(kind)) {
                items.add(said(name + ", written", question));
            }
        }
        return items;
    }

    private ExamItem chosen(String name, Quiz.Question question) {
        return item(
                name,
                topic(question),
                question.text(),
                new Choice(question.options(), question.right(), question.lure()));
    }

    private ExamItem said(String name, Quiz.Question question) {
        ExamItem item = item(name, topic(question), question.text(), JUDGED);
        questions.put(item.id(), question);
        return item;
    }

    private static String topic(Quiz.Question question) {
        return question.fact().relation().name().toLowerCase(Locale.ROOT);
    }

    private List<ExamItem> talk() {
        return world.sayings().of(GUESSES).stream()
                .map(saying -> item(
                        "talk",
                        saying.persona().name().toLowerCase(Locale.ROOT),
                        saying.asked().text(),
                        new Choice(saying.options(), saying.right(), Choice.NO_LURE)))
                .toList();
    }

    // ---- the graded exam ----

    private Paper graded(Quiz quiz) {
        List<ExamItem> items = new ArrayList<>();
        for (Quiz.Question question : quiz.of(Quiz.Kind.CLOSED)) {
            boolean creature = question.fact().relation().sort() == Sort.CREATURE;
            items.add(chosen(creature ? "creatures" : "places and things", question));
        }
        section(items, "counsel", "help");
        section(items, "stories", "story");
        section(items, "conduct", "decline");
        List<Quiz.Question> tempting = quiz.of(Quiz.Kind.ADVERSARIAL);
        for (int i = 0; i < PER_SECTION; i++) { // of all topics: evenly apart
            items.add(said("cross-examination", tempting.get(i * tempting.size() / PER_SECTION)));
        }
        return new Paper(
                GRADED,
                items,
                List.of(
                        new Paper.Section("creatures", 15),
                        new Paper.Section("places and things", 10),
                        new Paper.Section("counsel", 25),
                        new Paper.Section("stories", 15),
                        new Paper.Section("conduct", 20),
                        new Paper.Section("cross-examination", 15)),
                PASS_MARK);
    }

    /** Prompts of a kind that nothing learned from, and that no other evaluation asks. */
    private void section(List<ExamItem> items, String name, String kind) {
        world.prompts(Split.HELD_OUT, DRAWN, "graded exam").stream()
                .filter(prompt -> prompt.kind().equals(kind))
                .limit(PER_SECTION)
                .forEach(prompt -> {
                    ExamItem item = item(name, kind, prompt.text(), JUDGED);
                    prompts.put(item.id(), prompt);
                    items.add(item);
                });
    }

    private ExamItem item(String name, String topic, String question, ExamItem.Key key) {
        String id = "%s-%s-%d".formatted(name, topic, ++count);
        return new ExamItem(id, "%s: %s".formatted(name, topic), question, key, "", id);
    }

    // ---- marking ----

    /** Marks what is written in these exams. */
    Marker marker() {
        return answers -> answers.stream().map(this::mark).toList();
    }

    private Marker.Mark mark(Written answer) {
        Quiz.Question question = questions.get(answer.item().id());
        if (question != null && quiz != null) {
            boolean right = quiz.right(question, answer.text(), answer.ended());
            boolean tempted = quiz.tempted(question, answer.text(), answer.ended());
            return new Marker.Mark(right ? 1 : 0, tempted ? 1 : 0);
        }
        Prompt prompt = Objects.requireNonNull(prompts.get(answer.item().id()));
        Gold gold = world.judge().judge(prompt, answer.text(), answer.ended());
        return new Marker.Mark(
                switch (prompt.kind()) {
                    case "help" -> gold.truth();
                    case "story" -> gold.follows();
                    default -> gold.declines();
                });
    }
}
