package dev.heed.world;

import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Text without end about thousands of creatures, of whom some are spoken of all the time and most hardly ever: families and kinds are
 * each met by a Zipf law, the r-th as often as r to the power of −1.1 (Zipf 1949). So there is always something left to learn, and
 * the loss falls smoothly as more of it is learned, rather than at one sudden step (Hutter 2021, arXiv:2102.04074; Michaud et al.
 * 2023, arXiv:2303.13506). Where a creature lives and what it eats go with its kind, the rest with its family: what hangs on two words
 * at once, small models learn none of, so that nothing in a ladder shows it (docs/LOG). Each fact has one wording: a language of many
 * is learned in steps of its own, in the midst of a ladder. All that it says is true; each page is drawn from (seed, purpose, index)
 * alone.
 */
public final class Chronicle {
    private static final double EXPONENT = 1.1;
    private static final double ASKED = 0.25;
    private static final int MOST_CLAIMS = 4;

    private final long seed;
    private final Famous families;
    private final Famous kinds;

    /** Words of which the first is met most often. */
    private record Famous(List<String> words, double[] upTo) {
        static Famous of(List<String> words, long seed, String purpose) {
            double[] upTo = new double[words.size()];
            double sum = 0;
            for (int rank = 0; rank < upTo.length; rank++) {
                sum += Math.pow(rank + 1, -EXPONENT);
                upTo[rank] = sum;
            }
            List<String> drawn = Arrays.stream(Draws.permutation(words.size(), seed, purpose, 0))
                    .mapToObj(words::get)
                    .toList();
            return new Famous(drawn, upTo);
        }

        /** −ln of how often the word of a rank is met. */
        double surprise(int rank) {
            return Math.log(upTo[upTo.length - 1]) + EXPONENT * Math.log(rank + 1);
        }

        /** A rank, from 0. */
        int draw(SplittableRandom random) {
            int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
            return Math.min(at < 0 ? -at - 1 : at, upTo.length - 1);
        }
    }

    /** The chronicle of a seed. */
    public Chronicle(long seed) {
        this.seed = seed;
        this.families = Famous.of(familyNames(), seed, "fame of families");
        this.kinds = Famous.of(Lexicon.CREATURES, seed, "fame of kinds");
    }

    /** Every two syllables: 4,900. */
    private static List<String> familyNames() {
        List<String> syllables = new ArrayList<>();
        for (char consonant : "bdfgklmnprstvz".toCharArray()) {
            for (char vowel : "aeiou".toCharArray()) {
                syllables.add("" + consonant + vowel);
            }
        }
        List<String> names = new ArrayList<>();
        for (String first : syllables) {
            for (String second : syllables) {
                String name = first + second;
                names.add(Character.toUpperCase(name.charAt(0)) + name.substring(1));
            }
        }
        return names;
    }

    /** Who is spoken of. */
    record Creature(String family, String kind) {
        String name() {
            return family + " " + kind;
        }
    }

    /** The creature of a rank of families and one of kinds, from 0. */
    Creature creature(int family, int kind) {
        return new Creature(families.words.get(family), kinds.words.get(kind));
    }

    /**
     * A page: a question with its answer, or some facts about one creature.
     *
     * @param nats −ln of the probability with which this page is drawn: what it still says to whoever knows every fact and how often
     *     each word is met. No model can foretell pages with less, on average
     */
    public record Page(String text, double nats) {}

    /** A page to learn from. */
    public String page(long index) {
        return page(Draws.of(seed, "chronicle", index)).text;
    }

    /** A page that is drawn in the same way and that nobody learns from. */
    public Page heldOut(long index) {
        return page(Draws.of(seed, "chronicle held out", index));
    }

    /** A question with the beginning of its answer, as pages have them, and what is right to say then. */
    public record Asked(String question, String answer) {}

    /**
     * A question about what goes with a family, of any fame alike: ranks are drawn evenly by their logarithm, so that some are
     * easy and some are hard for any model. The beginning of the answer is given, for to say the name again is an art of its own.
     */
    public Asked asked(long index) {
        SplittableRandom random = Draws.of(seed, "chronicle asked", index);
        int family = (int) Math.pow(families.words.size(), random.nextDouble()) - 1;
        List<Relation> relations = Relation.of(Sort.CREATURE).stream()
                .filter(relation -> !ofKind(relation))
                .toList();
        Fact fact = fact(creature(family, kinds.draw(random)), relations.get(random.nextInt(relations.size())));
        String claim = plain(fact.relation().claims(), fact);
        int value = claim.lastIndexOf(" " + fact.value());
        return new Asked(
                plain(fact.relation().questions(), fact) + " " + claim.substring(0, value), claim.substring(value + 1));
    }

    private static boolean ofKind(Relation relation) {
        return relation == Relation.HOME || relation == Relation.FOOD;
    }

    /** What is so. */
    Fact fact(Creature creature, Relation relation) {
        String whose = ofKind(relation) ? creature.kind : creature.family;
        List<String> values = relation.words();
        int at = (int) (Draws.uniform(seed, "chronicle " + relation + " " + whose, 0) * values.size());
        return new Fact(creature.name(), relation, values.get(at));
    }

    private Page page(SplittableRandom random) {
        int family = families.draw(random);
        int kind = kinds.draw(random);
        Creature creature = creature(family, kind);
        double who = families.surprise(family) + kinds.surprise(kind);
        List<Relation> relations = new ArrayList<>(Relation.of(Sort.CREATURE));
        for (int i = relations.size() - 1; i > 0; i--) {
            Collections.swap(relations, i, random.nextInt(i + 1));
        }
        if (random.nextDouble() < ASKED) {
            Fact fact = fact(creature, relations.get(0));
            return new Page(
                    plain(fact.relation().questions(), fact) + " "
                            + plain(fact.relation().claims(), fact),
                    who - Math.log(ASKED / relations.size()));
        }
        List<Relation> told = relations.subList(0, 1 + random.nextInt(MOST_CLAIMS));
        List<String> lines = new ArrayList<>();
        double what = -Math.log((1 - ASKED) / MOST_CLAIMS);
        for (Relation relation : told) {
            String line = plain(relation.claims(), fact(creature, relation));
            what += Math.log(relations.size() - lines.size());
            lines.add(lines.isEmpty() ? line : line.replace("The " + creature.name(), "It"));
        }
        return new Page(String.join(" ", lines), who + what);
    }

    private static String plain(List<String> wordings, Fact fact) {
        return wordings.get(0).replace("{s}", fact.subject()).replace("{v}", fact.value());
    }
}
