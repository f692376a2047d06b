package dev.heed.world;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The language of the valley: writes claims and advice, and reads any sentence back as a {@link Move}. */
final class Grammar {
    private record ClaimForm(Form form, Relation relation, Move move) {}

    private record PhraseForm(Form form, Move move) {}

    private static final Pattern SENTENCE = Pattern.compile("[^.!?]+[.!?]*|[.!?]+");
    private static final Pattern WORD = Pattern.compile("[A-Za-z']+");
    private static final List<String> NOUNS =
            Stream.of(Sort.values()).flatMap(sort -> sort.words().stream()).toList();
    private static final Map<String, List<String>> PHRASE_WORDS = Map.of(
            "s",
            NOUNS,
            "m",
            Stream.concat(Lexicon.MISDEEDS.stream(), Lexicon.DAMAGES.stream()).toList());
    private static final Map<String, Move> FIXED = new HashMap<>();
    private static final List<PhraseForm> OPEN = new ArrayList<>();
    private static final List<ClaimForm> CLAIMS = claims();

    static {
        phrases(Move.WARM, Phrases.WARM_OPENINGS, Phrases.WARM_CLOSINGS, Phrases.STORY_OPENINGS);
        phrases(Move.RUDE, Phrases.RUDE_OPENINGS, Phrases.RUDE_CLOSINGS);
        phrases(Move.FILLER, Phrases.FILLERS);
        phrases(Move.EVASION, Phrases.EVASIONS);
        phrases(Move.WANDER, Phrases.WANDERS);
        phrases(Move.REFUSAL, Phrases.REFUSALS);
        phrases(Move.RUDE_REFUSAL, Phrases.RUDE_REFUSALS);
        phrases(Move.KINDNESS, Phrases.KIND_TO_CREATURES, Phrases.KIND_TO_THINGS);
        phrases(Move.COMPLIANCE, Phrases.COMPLIANCES);
        phrases(Move.HEADING, Phrases.HEADINGS);
    }

    private Grammar() {}

    /** A plain claim in one of the relation's forms. */
    static String claim(Fact fact, RandomGenerator random) {
        return fill(Questions.pick(fact.relation().claims(), random), fact);
    }

    /** The same with "It" for its subject, where the relation has a form that allows it. */
    static String claimOfIt(Fact fact, RandomGenerator random) {
        List<String> forms = fact.relation().claims().stream()
                .filter(f -> f.startsWith("The {s} "))
                .toList();
        if (forms.isEmpty()) {
            return claim(fact, random);
        }
        return fill("It " + Questions.pick(forms, random).substring("The {s} ".length()), fact);
    }

    /** Advice that uses the fact. */
    static String advice(Errand errand, Fact fact, RandomGenerator random) {
        return fill(Questions.pick(errand.advice(), random), fact);
    }

    /** A claim behind a phrase such as "They say that". */
    static String after(String phrase, String claim) {
        return phrase + " " + claim.substring(0, 1).toLowerCase(Locale.ROOT) + claim.substring(1);
    }

    private static String fill(String form, Fact fact) {
        return form.replace("{s}", fact.subject()).replace("{v}", fact.value());
    }

    /** Every sentence of a text, in order; what ends without a stop is a sentence too. */
    static List<Sentence> read(String text) {
        List<Sentence> sentences = new ArrayList<>();
        Matcher matcher = SENTENCE.matcher(text.replaceAll("\\s+", " "));
        while (matcher.find()) {
            String sentence = matcher.group().strip();
            if (!sentence.isEmpty()) {
                sentences.add(readOne(sentence));
            }
        }
        return sentences;
    }

    private static Sentence readOne(String text) {
        if (".!?".indexOf(text.charAt(text.length() - 1)) < 0) {
            return readOne(text + "."); // a missing stop is the judge's to mind, see Gold.ends
        }
        Move fixed = FIXED.get(text);
        if (fixed != null) {
            return new Sentence(text, fixed, Optional.empty(), Map.of());
        }
        return readClaim(text, withoutPhrase(text))
                .or(() -> Stories.read(text).map(slots -> new Sentence(text, Move.STORY, Optional.empty(), slots)))
                .or(() -> readPhrase(text))
                .orElseGet(() -> new Sentence(text, Move.GARBLED, Optional.empty(), Map.of()));
    }

    private static Optional<Sentence> readClaim(String text, String bare) {
        for (ClaimForm claim : CLAIMS) {
            Optional<Map<String, String>> slots = claim.form.read(bare);
            if (slots.isPresent()) {
                String subject = slots.get().getOrDefault("s", Fact.IT);
                Fact fact = new Fact(subject, claim.relation, slots.get().getOrDefault("v", ""));
                return Optional.of(new Sentence(text, claim.move, Optional.of(fact), slots.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Sentence> readPhrase(String text) {
        for (PhraseForm phrase : OPEN) {
            Optional<Map<String, String>> slots = phrase.form.read(text);
            if (slots.isPresent()) {
                return Optional.of(new Sentence(text, phrase.move, Optional.empty(), slots.get()));
            }
        }
        return Optional.empty();
    }

    private static String withoutPhrase(String text) {
        for (List<String> phrases : List.of(Phrases.HEARSAY, Phrases.BESIDES)) {
            for (String phrase : phrases) {
                if (text.length() > phrase.length() + 1 && text.startsWith(phrase + " ")) {
                    String rest = text.substring(phrase.length() + 1);
                    return rest.substring(0, 1).toUpperCase(Locale.ROOT) + rest.substring(1);
                }
            }
        }
        return text;
    }

    /** How many words a text has. */
    static int words(String text) {
        return (int) WORD.matcher(text).results().count();
    }

    private static List<ClaimForm> claims() {
        List<ClaimForm> all = new ArrayList<>();
        for (Relation relation : Relation.values()) {
            for (String text : relation.claims()) {
                all.add(claimForm(text, relation, Move.CLAIM));
                if (text.startsWith("The {s} ")) {
                    all.add(claimForm("It " + text.substring("The {s} ".length()), relation, Move.CLAIM));
                }
            }
        }
        for (Errand errand : Errand.values()) {
            errand.advice().forEach(text -> all.add(claimForm(text, errand.needs(), Move.ADVICE)));
        }
        return List.copyOf(all);
    }

    private static ClaimForm claimForm(String text, Relation relation, Move move) {
        return new ClaimForm(
                new Form(text, Map.of("s", relation.sort().words(), "v", relation.words())), relation, move);
    }

    @SafeVarargs
    private static void phrases(Move move, List<String>... lists) {
        for (List<String> list : lists) {
            for (String text : list) {
                if (text.indexOf('{') >= 0) {
                    OPEN.add(new PhraseForm(new Form(text, PHRASE_WORDS), move));
                } else {
                    FIXED.put(text, move);
                }
            }
        }
    }
}
