package dev.heed.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Short tales of the valley: a beginning, some middles, and an end that is happy or sad. */
final class Stories {
    /** When it happened; what a story begins with goes with its end. */
    private static final Map<Mood, List<String>> TIMES = Map.of(
            Mood.HAPPY, List.of("Once upon a time", "On a bright morning", "One summer day", "In early spring"),
            Mood.SAD, List.of("Long ago", "One evening", "One winter night", "Before the snow came"));

    /** The same where a mood was asked for. */
    private static final Map<Mood, List<String>> MOODY_TIMES = Map.of(
            Mood.HAPPY, List.of("Once upon a happy time", "On a happy morning", "One happy day", "In a happy spring"),
            Mood.SAD, List.of("Once upon a sad time", "On a sad evening", "One sad night", "In a sad winter"));

    private static final Map<String, List<String>> WORDS = Map.of(
            "c",
            Lexicon.CREATURES,
            "e",
            Lexicon.CREATURES,
            "f",
            Lexicon.CREATURES,
            "g",
            Lexicon.CREATURES,
            "h",
            Lexicon.CREATURES,
            "p",
            Lexicon.PLACES,
            "q",
            Lexicon.PLACES,
            "o",
            Lexicon.OBJECTS,
            "w",
            Stream.of(TIMES, MOODY_TIMES)
                    .flatMap(times -> times.values().stream())
                    .flatMap(List::stream)
                    .sorted()
                    .toList());
    private static final String EVENT = "[[walked to|sat near|lost its way near|danced near|fell asleep near|"
            + "took a walk near] the {p}|[met|sang with|waited for|had tea with] the {f}]";
    private static final String MIDDLE = "[[rested near|ran past|looked round|climbed up to] the {q}|"
            + "told the {e} a secret|gave the {g} some tea|had supper with the {h}]";
    private static final String OBJECT =
            "[saw|dreamed of|sang to|painted|talked to|wrote a song about|thought about|went to look for] the {o}";
    private static final Map<Mood, String> TAIL = Map.of(
            Mood.HAPPY,
            "[laughed until the morning came|danced all the way home|sang with joy|smiled at everybody|"
                    + "was never lonely again|went to bed with a happy heart]",
            Mood.SAD,
            "[cried until the morning came|walked home in the rain|wept without a sound|never smiled again|"
                    + "felt lonely and cold|went to bed in tears]");

    /** What brings the end about. */
    private static final Map<Mood, String> TURN = Map.of(
            Mood.HAPPY, "[Everybody was kind to it, and|All went well, and|So]",
            Mood.SAD, "[But soon it was alone, and|But nobody cared, and|Then all was lost, and]");

    private static final List<Form> OPENINGS = forms("{w}, the {c} " + EVENT + ".", "{w}, the {c} " + OBJECT + ".");
    private static final List<Form> OBJECT_OPENINGS = forms("{w}, the {c} and the {o} " + EVENT + ".");
    private static final List<Form> MIDDLES = forms(
            "Then it " + MIDDLE + ".",
            "The {f} came along and [listened|watched|waited].",
            "[The night|The air|The path|The water] was [still|quiet|cold|soft].",
            "Soon it began to [rain|snow].",
            "Nobody else was there.");
    private static final Map<Mood, List<Form>> ENDINGS = Map.of(
            Mood.HAPPY, endings(Mood.HAPPY),
            Mood.SAD, endings(Mood.SAD));
    private static final Map<Mood, Form> SINGLES = Map.of(
            Mood.HAPPY, single("", Mood.HAPPY),
            Mood.SAD, single("", Mood.SAD));
    private static final Map<Mood, Form> OBJECT_SINGLES = Map.of(
            Mood.HAPPY, single(" and the {o}", Mood.HAPPY),
            Mood.SAD, single(" and the {o}", Mood.SAD));

    private static final String LINK = "[,|] [and|but] [in the end |at last |soon |][it |]";

    /** Any of the above put together otherwise, as a model might; read but never written. */
    private static final Map<String, Form> LOOSE = Map.of(
            "",
            loose(""),
            "happy",
            loose(TAIL.getOrDefault(Mood.HAPPY, "")),
            "sad",
            loose(TAIL.getOrDefault(Mood.SAD, "")));

    private Stories() {}

    /** A story exactly as asked; what the task leaves open is drawn. */
    static String write(Task.Tell tell, RandomGenerator random) {
        Mood mood = tell.mood().orElseGet(() -> random.nextBoolean() ? Mood.HAPPY : Mood.SAD);
        int sentences = tell.sentences() > 0 ? tell.sentences() : 2 + random.nextInt(2);
        Map<String, String> slots = new HashMap<>(Map.of("c", tell.subject()));
        slots.put(
                "w",
                Questions.pick((tell.mood().isPresent() ? MOODY_TIMES : TIMES).getOrDefault(mood, List.of()), random));
        tell.object().ifPresent(object -> slots.put("o", object));
        String friend = friend(tell.subject(), random);
        slots.putAll(Map.of("e", friend, "f", friend, "g", friend, "h", friend));
        if (sentences == 1) {
            return (tell.object().isPresent() ? OBJECT_SINGLES : SINGLES)
                    .getOrDefault(mood, OPENINGS.get(0))
                    .write(random, slots);
        }
        return String.join(" ", several(sentences, mood, slots, random));
    }

    private static List<String> several(int count, Mood mood, Map<String, String> slots, RandomGenerator random) {
        List<String> lines = new ArrayList<>();
        lines.add(Questions.pick(slots.containsKey("o") ? OBJECT_OPENINGS : OPENINGS, random)
                .write(random, slots));
        while (lines.size() < count - 1) {
            String line = Questions.pick(MIDDLES, random).write(random, slots);
            if (!lines.contains(line)) {
                lines.add(line);
            }
        }
        lines.add(Questions.pick(ENDINGS.getOrDefault(mood, List.of()), random).write(random, slots));
        return lines;
    }

    private static String friend(String subject, RandomGenerator random) {
        String friend = subject;
        while (friend.equals(subject)) {
            friend = Questions.pick(Lexicon.CREATURES, random);
        }
        return friend;
    }

    /** The slots of a story's sentence; "mood" among them where it is an ending. */
    static Optional<Map<String, String>> read(String sentence) {
        for (Mood mood : Mood.values()) {
            List<Form> endings = new ArrayList<>(ENDINGS.getOrDefault(mood, List.of()));
            Optional.ofNullable(SINGLES.get(mood)).ifPresent(endings::add);
            Optional.ofNullable(OBJECT_SINGLES.get(mood)).ifPresent(endings::add);
            Optional<Map<String, String>> slots = first(endings, sentence);
            if (slots.isPresent()) {
                slots.get().put("mood", mood.word());
                return slots;
            }
        }
        for (List<Form> forms : List.of(OPENINGS, OBJECT_OPENINGS, MIDDLES)) {
            Optional<Map<String, String>> slots = first(forms, sentence);
            if (slots.isPresent()) {
                return slots;
            }
        }
        return loosely(sentence);
    }

    private static Optional<Map<String, String>> loosely(String sentence) {
        for (String mood : List.of("", "happy", "sad")) {
            Optional<Map<String, String>> slots =
                    Optional.ofNullable(LOOSE.get(mood)).flatMap(f -> f.read(sentence));
            if (slots.isPresent()) {
                if (!mood.isEmpty()) {
                    slots.get().put("mood", mood);
                }
                return slots;
            }
        }
        return Optional.empty();
    }

    /** What a sentence has in it, by the slots that were read. */
    static Set<String> objects(Map<String, String> slots) {
        return slots.entrySet().stream()
                .filter(slot -> slot.getKey().startsWith("o"))
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet());
    }

    /** One or two happenings and the tail, if any, in any usual order; without a tail, the happenings alone. */
    private static Form loose(String tail) {
        Map<String, List<String>> words = new HashMap<>(WORDS);
        words.put("o2", Lexicon.OBJECTS);
        String[] acts = new String[2];
        for (int i = 0; i < 2; i++) {
            String n = String.valueOf(i);
            acts[i] = "[" + EVENT + "|" + MIDDLE + "|" + OBJECT + "]";
            for (String slot : List.of("p", "q", "e", "f", "g", "h", "o")) {
                acts[i] = acts[i].replace("{" + slot + "}", "{" + slot + n + "}");
                words.put(slot + n, WORDS.getOrDefault(slot, List.of()));
            }
        }
        String start =
                "[{w},|In the end,|At last,|That night,|Soon|Then|So|And|But soon] [the {c}[| and the {o2}]|it] ";
        String more = "[|[,|] [and|and it|and then it|but it] " + acts[1] + "]";
        String happenings = acts[0] + more;
        return new Form(start + (tail.isEmpty() ? happenings : "[" + happenings + LINK + "|]" + tail) + ".", words);
    }

    private static Optional<Map<String, String>> first(List<Form> forms, String sentence) {
        return forms.stream().flatMap(form -> form.read(sentence).stream()).findFirst();
    }

    private static List<Form> endings(Mood mood) {
        String tail = TAIL.getOrDefault(mood, "");
        return forms(
                "[In the end|At last|That night], it " + tail + ".",
                TURN.getOrDefault(mood, "") + " the {c} " + tail + ".");
    }

    private static Form single(String object, Mood mood) {
        return new Form(
                "{w}, the {c}" + object + " " + EVENT + ", and [in the end|at last] it " + TAIL.getOrDefault(mood, "")
                        + ".",
                WORDS);
    }

    private static List<Form> forms(String... texts) {
        return Arrays.stream(texts).map(text -> new Form(text, WORDS)).toList();
    }
}
