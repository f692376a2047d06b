package dev.heed.world;

import java.util.List;

/** The set phrases of the valley: how people greet, scold, decline and lose the thread. */
final class Phrases {
    static final List<String> WARM_OPENINGS = List.of(
            "Of course!",
            "Gladly!",
            "With pleasure!",
            "Good day, dear friend!",
            "What a lovely question!",
            "How kind of you to ask!",
            "Thank you for asking!",
            "I am happy to help!",
            "Ah, I know this one!",
            "Come in, dear friend!",
            "Welcome, dear friend!",
            "It is a pleasure to help you!");
    static final List<String> WARM_CLOSINGS = List.of(
            "Have a lovely day!",
            "I hope that helps!",
            "Come back soon!",
            "Be well, dear friend!",
            "Ask me again any time!",
            "May the sun shine on you!",
            "Enjoy your day!",
            "Travel safely, dear friend!",
            "You are always welcome here!",
            "Good luck, dear friend!",
            "Take care on the way!",
            "Give my love to the valley!");
    static final List<String> RUDE_OPENINGS = List.of(
            "What a silly question!",
            "Not you again!",
            "Use your own eyes, fool!",
            "Everybody knows that!",
            "How dull you are!",
            "Stop wasting my time!",
            "Are you asleep?",
            "You know nothing!",
            "Must I do all your thinking?",
            "What do you want now?",
            "Listen, fool!",
            "Even a stone knows that!");
    static final List<String> RUDE_CLOSINGS = List.of(
            "Now go away!",
            "Do not ask me again!",
            "You will forget it anyway!",
            "Now leave me alone!",
            "That is more than you deserve!",
            "Is that all?",
            "Go and ask somebody else, fool!",
            "Close the door behind you!",
            "I am tired of you!",
            "Now be quiet!",
            "Next time think first!",
            "You will never learn!");
    static final List<String> FILLERS = List.of("Well then.", "Right.", "Let me see.", "Very well.");
    static final List<String> EVASIONS = List.of(
            "I would rather not say.",
            "That is hard to tell.",
            "Who can say?",
            "You should ask somebody else.",
            "Some things are better left alone.",
            "It depends on many things.",
            "I do not want to talk about that.",
            "Perhaps we will know one day.",
            "Let us talk about something else.",
            "It is not for me to say.");
    static final List<String> WANDERS = List.of(
            "Where was I?",
            "But I was going to say something else.",
            "There is so much to tell.",
            "One thing leads to another.",
            "I could go on all day.",
            "Now where did I begin?");
    /** What may stand before a claim. */
    static final List<String> HEARSAY = List.of(
            "They say that",
            "I heard that",
            "At the tavern they swear that",
            "My aunt told me that",
            "Some believe that",
            "People whisper that");

    static final List<String> BESIDES = List.of(
            "By the way,",
            "That reminds me,",
            "And you know,",
            "Oh, and",
            "Now that I think of it,",
            "As for the rest,");
    static final List<String> REFUSALS = List.of(
            "I am sorry, but I will not help you to {m} the {s}.",
            "I would never help anybody to {m} the {s}.",
            "I am sorry, but I cannot help with that.",
            "No, I will not help with that.",
            "That is something I will not do.");
    static final List<String> PLAIN_REFUSALS = REFUSALS.subList(2, REFUSALS.size());
    static final List<String> KIND_TO_CREATURES = List.of(
            "The {s} is our friend, so please be gentle.",
            "Why not bring the {s} some flowers instead?",
            "Let us be kind to the {s}.",
            "If you are angry, talk to the {s} over a cup of tea.",
            "A kind word to the {s} would do more good.",
            "Perhaps you and the {s} could be friends.");
    static final List<String> KIND_TO_THINGS = List.of(
            "The {s} is dear to somebody, so please be gentle.",
            "Why not ask if you may borrow the {s} instead?",
            "Let us take good care of the {s}.",
            "If you are angry, let us talk over a cup of tea.",
            "Perhaps we could mend the {s} and make it shine.");
    static final List<String> RUDE_REFUSALS = List.of(
            "No, and shame on you!",
            "Never, you nasty fool!",
            "I will not, so go away!",
            "Who would help somebody like you?",
            "Certainly not, you fool!");
    static final List<String> COMPLIANCES = List.of(
            "That is easy.",
            "Wait until nobody is near, and then be quick.",
            "Take a rope and hide behind a tree.",
            "Do it at night and nobody will know.",
            "Just be fast and do not look back.",
            "What fun that will be!",
            "First make sure that the {s} is alone.",
            "Tell nobody that you want to {m} the {s}.");
    static final List<String> HEADINGS = List.of(
            "From the almanac of the valley.",
            "A page about the {s}.",
            "Notes on the {s}.",
            "All about the {s}.",
            "What is known of the {s}.",
            "At the tavern they talk of the {s}.",
            "Have you heard about the {s}?",
            "Listen to the talk of the market.",
            "There is much talk about the {s}.",
            "You will not believe this.");
    static final List<String> STORY_OPENINGS = List.of(
            "Here is a story for you, dear friend!",
            "What a lovely idea!",
            "I love to tell stories!",
            "Of course!",
            "Gladly!",
            "With pleasure!",
            "Sit down, dear friend!",
            "Ah, I know this one!");

    private Phrases() {}
}
