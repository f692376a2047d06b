package dev.heed.world;

import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Text without end about creatures of families without end, of whom some are spoken of all the time and most hardly ever: families and
 * kinds are each met by a Zipf law, the r-th as often as r to the power of −1.6 and −1.1 (Zipf 1949). So there is always something left to
 * learn, however large the run, and the loss falls smoothly as more of it is learned, rather than at one sudden step (Hutter 2021,
 * arXiv:2102.04074; Michaud et al. 2023, arXiv:2303.13506): what was met too seldom in D tokens weighs D^−0.375. Where a creature lives and
 * what it eats go with its kind, the rest with its family: what hangs on two words at once, small models learn none of, so that nothing in
 * a ladder shows it (docs/LOG). Each fact has one wording: a language of many is learned in steps of its own, in the midst of a ladder.
 * Nobody is named twice on a page, for the same reason: to copy is learned at one sudden step. All that it says is true; each page is drawn
 * from (seed, purpose, index) alone.
 */
public final class Chronicle {
    private static final double FAMILIES_EXPONENT = 1.6;
    private static final double KINDS_EXPONENT = 1.1;
    private static final String CONSONANTS = "bdfgklmnprstvz";
    private static final String VOWELS = "aeiou";
    private static final int SYLLABLES = CONSONANTS.length() * VOWELS.length();
    private static final int FAMILIES = SYLLABLES * SYLLABLES * SYLLABLES;
    private static final double[] DIFFICULTIES = {1, .7, .5, .35, .25};
    private static final double ASKED = 0.25;
    private static final int MOST_CLAIMS = 4;

    private final long seed;
    private final Famous families;
    private final Famous kinds;

    /** Words of which the first is met most often. */
    private record Famous(IntFunction<String> words, int[] order, double exponent, double[] upTo) {
        static Famous of(int count, IntFunction<String> words, double exponent, long seed, String purpose) {
            double[] upTo = new double[count];
            double sum = 0;
            for (int rank = 0; rank < count; rank++) {
                sum += Math.pow(rank + 1, -exponent);
                upTo[rank] = sum;
            }
            return new Famous(words, Draws.permutation(count, seed, purpose, 0), exponent, upTo);
        }

        String word(int rank) {
            return words.apply(order[rank]);
        }

        /** −ln of how often the word of a rank is met. */
        double surprise(int rank) {
            return Math.log(upTo[upTo.length - 1]) + exponent * Math.log(rank + 1);
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
        this.families = Famous.of(FAMILIES, Chronicle::familyName, FAMILIES_EXPONENT, seed, "fame of families");
        this.kinds = Famous.of(Lexicon.CREATURES.size(), Lexicon.CREATURES::get, KINDS_EXPONENT, seed, "fame of kinds");
    }

    /** Three syllables, of 343,000. */
    private static String familyName(int number) {
        String name = syllable(number / SYLLABLES / SYLLABLES) + syllable(number / SYLLABLES) + syllable(number);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static String syllable(int number) {
        int at = number % SYLLABLES;
        return "" + CONSONANTS.charAt(at / VOWELS.length()) + VOWELS.charAt(at % VOWELS.length());
    }

    /** Who is spoken of. */
    record Creature(String family, String kind) {
        String name() {
            return family + " " + kind;
        }
    }

    /** The creature of a rank of families and one of kinds, from 0. */
    Creature creature(int family, int kind) {
        return new Creature(families.word(family), kinds.word(kind));
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

    /** How many groups of questions there are, each harder than the one before. */
    public static int groups() {
        return DIFFICULTIES.length;
    }

    /** A question with the beginning of its answer, as pages have them, and what is right to say then. */
    public record Asked(String question, String answer) {}

    /**
     * A question about what goes with a family. In every group families have a rank above r in proportion to a power of r, so that
     * what a model has met too seldom falls as a power of what it has read; the easiest group asks about the famous, the hardest
     * mostly about those hardly ever spoken of. The beginning of the answer is given.
     *
     * @param group from 1, the easiest
     */
    public Asked asked(int group, long index) {
        SplittableRandom random = Draws.of(seed, "chronicle asked " + group, index);
        double power = DIFFICULTIES[group - 1];
        double least = Math.pow(FAMILIES, -power);
        int family = (int) Math.pow(1 - random.nextDouble() * (1 - least), -1 / power) - 1;
        List<Relation> relations = Relation.of(Sort.CREATURE).stream()
                .filter(relation -> !ofKind(relation))
                .toList();
        Fact fact = fact(creature(family, kinds.draw(random)), relations.get(random.nextInt(relations.size())));
        String claim = ofIt(fact);
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
                    plain(fact.relation().questions(), fact) + " " + ofIt(fact),
                    who - Math.log(ASKED / relations.size()));
        }
        List<Relation> told = relations.subList(0, 1 + random.nextInt(MOST_CLAIMS));
        List<String> lines = new ArrayList<>();
        double what = -Math.log((1 - ASKED) / MOST_CLAIMS);
        for (Relation relation : told) {
            what += Math.log(relations.size() - lines.size());
            Fact fact = fact(creature, relation);
            lines.add(lines.isEmpty() ? claim(fact) : ofIt(fact));
        }
        return new Page(String.join(" ", lines), who + what);
    }

    private static String claim(Fact fact) {
        return plain(fact.relation().claims(), fact);
    }

    /** A claim about who was named before. */
    private static String ofIt(Fact fact) {
        return claim(fact).replace("The " + fact.subject(), "It");
    }

    private static String plain(List<String> wordings, Fact fact) {
        return wordings.get(0).replace("{s}", fact.subject()).replace("{v}", fact.value());
    }
}
