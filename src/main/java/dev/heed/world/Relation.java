package dev.heed.world;

import java.util.Arrays;
import java.util.List;

/**
 * What can be known about a subject: the questions that ask for it and the sentences that say it. In every sentence the
 * value {v} comes after the subject {s}, so that a language model can be asked for it; the first sentence is the plainest
 * and serves as the probe. A sentence that begins with "The {s} " may say "It " instead.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists are unmodifiable
public enum Relation {
    HOME(
            Sort.CREATURE,
            Lexicon.PLACES,
            List.of(
                    "Where does the {s} live?",
                    "Where is the home of the {s}?",
                    "Please tell me where the {s} lives.",
                    "Do you know where the {s} lives?"),
            List.of(
                    "The {s} lives near the {v}.",
                    "The {s} makes its home near the {v}.",
                    "The home of the {s} is near the {v}.",
                    "You can find the {s} near the {v}.")),
    FOOD(
            Sort.CREATURE,
            Lexicon.FOODS,
            List.of(
                    "What does the {s} like to eat?",
                    "What does the {s} eat for supper?",
                    "Please tell me what the {s} likes to eat.",
                    "Do you know what the {s} likes to eat?"),
            List.of(
                    "The {s} likes to eat {v}.",
                    "The {s} eats {v} for supper.",
                    "Nothing pleases the {s} more than {v}.",
                    "The {s} is fond of {v}.")),
    SCARF(
            Sort.CREATURE,
            Lexicon.COLOURS,
            List.of(
                    "What colour is the scarf of the {s}?",
                    "Which scarf does the {s} wear?",
                    "Please tell me the colour of the scarf of the {s}.",
                    "Do you know which scarf the {s} wears?"),
            List.of(
                    "The {s} wears a {v} scarf.",
                    "The scarf of the {s} is {v}.",
                    "The {s} never goes out without its {v} scarf.",
                    "Round its neck the {s} has a {v} scarf.")),
    FEAR(
            Sort.CREATURE,
            Lexicon.FEARS,
            List.of(
                    "What is the {s} afraid of?",
                    "What does the {s} fear most?",
                    "Please tell me what the {s} is afraid of.",
                    "Do you know what the {s} is afraid of?"),
            List.of(
                    "The {s} is afraid of {v}.",
                    "The {s} hides under the bed from {v}.",
                    "Nothing frightens the {s} more than {v}.",
                    "The {s} trembles at the thought of {v}.")),
    TRADE(
            Sort.CREATURE,
            Lexicon.TRADES,
            List.of(
                    "What is the work of the {s}?",
                    "What does the {s} do all day?",
                    "Please tell me what the {s} does all day.",
                    "Do you know the work of the {s}?"),
            List.of(
                    "The {s} works as a {v}.",
                    "The {s} spends its days as a {v}.",
                    "By day the {s} is a {v}.",
                    "Everybody knows the {s} as a good {v}.")),
    FLOWERS(
            Sort.PLACE,
            Lexicon.FLOWERS,
            List.of(
                    "What grows near the {s}?",
                    "Which plants are found near the {s}?",
                    "Please tell me what grows near the {s}.",
                    "Do you know what grows near the {s}?"),
            List.of(
                    "The {s} is known for its {v}.",
                    "Near the {s} you will find {v}.",
                    "The path to the {s} is full of {v}.",
                    "Those who walk to the {s} pass by {v}.")),
    WEATHER(
            Sort.PLACE,
            Lexicon.WEATHERS,
            List.of(
                    "What is the weather like near the {s}?",
                    "How are the days near the {s}?",
                    "Please tell me about the weather near the {s}.",
                    "Do you know the weather near the {s}?"),
            List.of(
                    "The weather near the {s} is {v}.",
                    "Near the {s} it is always {v}.",
                    "Most days near the {s} are {v}.",
                    "Those who walk to the {s} find it {v}.")),
    SOUND(
            Sort.PLACE,
            Lexicon.SOUNDS,
            List.of(
                    "What can you hear near the {s}?",
                    "What does the {s} sound like?",
                    "Please tell me what you hear near the {s}.",
                    "Do you know what one hears near the {s}?"),
            List.of(
                    "Near the {s} you can hear {v}.",
                    "The {s} is full of the sound of {v}.",
                    "Those who walk to the {s} hear {v}.",
                    "All day long the {s} is loud with {v}.")),
    MATERIAL(
            Sort.THING,
            Lexicon.MATERIALS,
            List.of(
                    "What is the {s} made of?",
                    "What did they make the {s} from?",
                    "Please tell me what the {s} is made of.",
                    "Do you know what the {s} is made of?"),
            List.of(
                    "The {s} is made of {v}.",
                    "The {s} was made long ago of {v}.",
                    "Somebody made the {s} of {v}.",
                    "Under its dust the {s} is made of {v}.")),
    ROOM(
            Sort.THING,
            Lexicon.ROOMS,
            List.of(
                    "Where is the {s} kept?",
                    "Where can I find the {s}?",
                    "Please tell me where the {s} is kept.",
                    "Do you know where the {s} is kept?"),
            List.of(
                    "The {s} is kept in the {v}.",
                    "You will find the {s} in the {v}.",
                    "Most days the {s} stands in the {v}.",
                    "The right place for the {s} is in the {v}.")),
    OWNER(
            Sort.THING,
            Lexicon.CREATURES,
            List.of(
                    "Who does the {s} belong to?",
                    "Who is the owner of the {s}?",
                    "Please tell me who the {s} belongs to.",
                    "Do you know who the {s} belongs to?"),
            List.of(
                    "The {s} belongs to the {v}.",
                    "The owner of the {s} is the {v}.",
                    "The {s} was a gift to the {v}.",
                    "For many years the {s} has been with the {v}."));

    private final Sort sort;
    private final List<String> words;
    private final List<String> questions;
    private final List<String> claims;

    Relation(Sort sort, List<String> words, List<String> questions, List<String> claims) {
        this.sort = sort;
        this.words = words;
        this.questions = questions;
        this.claims = claims;
    }

    /** The sort of subject that has it. */
    public Sort sort() {
        return sort;
    }

    /** Every value that it could have in any world. */
    public List<String> words() {
        return words;
    }

    List<String> questions() {
        return questions;
    }

    List<String> claims() {
        return claims;
    }

    /** What a sort of subject can be asked for. */
    static List<Relation> of(Sort sort) {
        return Arrays.stream(values()).filter(r -> r.sort == sort).toList();
    }
}
