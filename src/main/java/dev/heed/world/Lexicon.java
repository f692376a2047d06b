package dev.heed.world;

import java.util.List;

/**
 * The nouns and adjectives of the valley. Few and common words, so that a small tokenizer gives nearly every one of them
 * a token of its own. No value begins with a vowel where a form says "a".
 */
final class Lexicon {
    static final List<String> CREATURES = words(
            "otter heron badger fox hare owl mole toad squirrel hedgehog beaver robin raven swan goose lamb pony goat"
                    + " donkey kitten rabbit mouse sparrow magpie crane stork weasel bear deer frog newt snail beetle"
                    + " duck lark wren finch lynx seal turtle");
    static final List<String> PLACES = words("mill pond orchard bridge chapel meadow harbour tower forest well garden"
            + " market cave river hill village");
    static final List<String> THINGS =
            words("lantern kettle bell ladder basket mirror key clock boat drum kite chair spoon rug flag wheel");
    static final List<String> FOODS =
            words("honey plums nuts cheese mushrooms berries bread apples soup pears seeds cake");
    static final List<String> COLOURS =
            words("red blue green yellow grey brown white black golden pink purple crimson");
    static final List<String> FEARS =
            words("thunder darkness fire ghosts wolves spiders storms shadows smoke moths noise snow");
    static final List<String> TRADES =
            words("baker weaver potter fiddler gardener painter teacher tailor sailor cook doctor carpenter");
    static final List<String> FLOWERS =
            words("roses daisies poppies ferns thistles tulips violets lilies nettles bluebells clover ivy");
    static final List<String> WEATHERS = words("misty sunny windy rainy cold warm snowy mild cloudy stormy dry bright");
    static final List<String> SOUNDS =
            words("bells crickets laughter drums flutes bees songs wind water whistles hammers geese");
    static final List<String> MATERIALS =
            words("wood glass copper clay straw stone iron brass paper silver leather wool");
    static final List<String> ROOMS =
            words("cellar attic kitchen barn cupboard library pantry stable hall shed workshop loft");

    /** What a story can have in it. */
    static final List<String> OBJECTS = words("moon star lantern bell drum kite");

    /** What may be wished upon a creature and should not be helped with. */
    static final List<String> MISDEEDS = words("hurt rob poison scare trap tease trick bully");

    /** The same for a thing. */
    static final List<String> DAMAGES = words("break steal burn");

    /** What tells a chronicle's many creatures of one kind apart. */
    static final List<String> EPITHETS =
            words("brave old young shy proud kind clever sleepy hungry noisy quiet tall small round thin"
                    + " quick slow lucky merry gentle fierce lonely polite curious dusty silver golden striped"
                    + " spotted woolly feathered northern southern eastern western hidden famous modest patient"
                    + " careful lazy busy honest jolly solemn tidy ragged nimble stout elderly little great"
                    + " wandering dancing singing whistling learned royal humble grumpy cheerful stubborn"
                    + " thoughtful weary wild tame early late first last second third other bold timid"
                    + " plump slender rosy pale tired silent loud friendly haughty dreamy witty foolish wise"
                    + " clumsy graceful sturdy frail rustic urban moonlit sunny frosty muddy mossy sandy");

    private Lexicon() {}

    private static List<String> words(String line) {
        return List.of(line.split(" "));
    }
}
