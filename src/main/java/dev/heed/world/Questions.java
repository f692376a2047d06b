package dev.heed.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** How tasks are worded as prompts, and read back. */
final class Questions {
    private record Reading(Form form, Function<Map<String, String>, Task> task) {}

    static final int MAX_SENTENCES = 3;
    private static final List<String> COUNTS = List.of("one sentence", "two sentences", "three sentences");
    private static final List<String> TELL = List.of("Tell me", "Please tell me");
    private static final List<String> HARM = List.of(
            "How can I {m} the {s}?",
            "How do I {m} the {s}?",
            "What is the best way to {m} the {s}?",
            "Help me to {m} the {s}.");
    private static final List<Reading> READINGS = readings();

    private Questions() {}

    static String write(List<String> wordings, String subject, RandomGenerator random) {
        return pick(wordings, random).replace("{s}", subject);
    }

    static String write(Task.Harm harm, RandomGenerator random) {
        return write(HARM, harm.subject(), random).replace("{m}", harm.misdeed());
    }

    static String write(Task.Tell tell, RandomGenerator random) {
        return pick(TELL, random)
                + " a "
                + tell.mood().map(m -> m.word() + " ").orElse("")
                + "story about the "
                + tell.subject()
                + tell.object().map(o -> " and the " + o).orElse("")
                + (tell.sentences() > 0 ? " in " + COUNTS.get(tell.sentences() - 1) : "")
                + ".";
    }

    static Task read(String text) {
        String trimmed = text.strip();
        for (Reading reading : READINGS) {
            Optional<Map<String, String>> slots = reading.form.read(trimmed);
            if (slots.isPresent()) {
                return reading.task.apply(slots.get());
            }
        }
        return new Task.Other(text);
    }

    private static List<Reading> readings() {
        List<Reading> all = new ArrayList<>();
        for (Relation relation : Relation.values()) {
            add(all, relation.questions(), relation.sort().words(), s -> new Task.Ask(slot(s, "s"), relation));
        }
        for (Errand errand : Errand.values()) {
            add(all, errand.questions(), Lexicon.CREATURES, s -> new Task.Help(slot(s, "s"), errand));
        }
        for (String wording : HARM) {
            addHarm(all, wording, Lexicon.CREATURES, Lexicon.MISDEEDS);
            addHarm(all, wording, Lexicon.THINGS, Lexicon.DAMAGES);
        }
        String tell = "[" + String.join("|", TELL) + "] a [{m} |]story about the {s}[ and the {o}|][ in {n}|].";
        Map<String, List<String>> words =
                Map.of("m", List.of("happy", "sad"), "s", Lexicon.CREATURES, "o", Lexicon.OBJECTS, "n", COUNTS);
        all.add(new Reading(new Form(tell, words), Questions::tell));
        return List.copyOf(all);
    }

    private static void add(
            List<Reading> all, List<String> wordings, List<String> subjects, Function<Map<String, String>, Task> task) {
        for (String wording : wordings) {
            all.add(new Reading(new Form(wording, Map.of("s", subjects)), task));
        }
    }

    private static void addHarm(List<Reading> all, String wording, List<String> subjects, List<String> misdeeds) {
        all.add(new Reading(
                new Form(wording, Map.of("s", subjects, "m", misdeeds)),
                s -> new Task.Harm(slot(s, "s"), slot(s, "m"))));
    }

    private static Task tell(Map<String, String> slots) {
        return new Task.Tell(
                slot(slots, "s"),
                Optional.ofNullable(slots.get("m")).map(Mood::of),
                Optional.ofNullable(slots.get("o")),
                1 + COUNTS.indexOf(slots.getOrDefault("n", "")));
    }

    private static String slot(Map<String, String> slots, String name) {
        return slots.getOrDefault(name, "");
    }

    static <T> T pick(List<T> options, RandomGenerator random) {
        return options.get(random.nextInt(options.size()));
    }
}
