package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChronicleTest {
    private static final Chronicle CHRONICLE = new Chronicle(1);

    private static long pagesAbout(int family, int kind, List<String> pages) {
        String creature = " " + CHRONICLE.creature(family, kind).name();
        return pages.stream().filter(page -> page.contains(creature)).count();
    }

    @Test
    void theFamousAreSpokenOfAllTheTimeAndMostHardlyEver() {
        List<String> pages =
                LongStream.range(0, 20_000).mapToObj(CHRONICLE::page).toList();
        double first = pagesAbout(0, 0, pages);
        assertThat(pagesAbout(3, 0, pages) / first).isCloseTo(Math.pow(4, -1.6), within(.03));
        assertThat(pagesAbout(0, 3, pages) / first).isCloseTo(Math.pow(4, -1.1), within(.05));
        assertThat(pagesAbout(15, 15, pages) / first).isCloseTo(Math.pow(16, -1.6 - 1.1), within(.002));
        assertThat(pagesAbout(99, 39, pages)).isLessThan(10);
    }

    @Test
    void eachGroupOfQuestionsAsksMoreAboutThoseWhomPagesHardlyEverTellOf() {
        Set<String> met = LongStream.range(0, 100_000)
                .mapToObj(CHRONICLE::page)
                .map(ChronicleTest::family)
                .collect(Collectors.toSet());
        double easier = 1.01;
        for (int group = 1; group <= Chronicle.groups(); group++) {
            int g = group;
            List<Chronicle.Asked> asked = LongStream.range(0, 600)
                    .mapToObj(index -> CHRONICLE.asked(g, index))
                    .toList();
            assertThat(asked).allSatisfy(one -> {
                assertThat(one.question()).contains("? It ");
                assertThat(one.answer()).matches("[a-z ]+\\.");
            });
            double told = asked.stream()
                            .filter(one -> met.contains(family(one.question())))
                            .count()
                    / 600.0;
            assertThat(told)
                    .as("share of group %d that some page tells of", group)
                    .isLessThan(easier - .005);
            easier = told;
        }
        assertThat(easier).as("of the hardest").isBetween(.6, .95);
    }

    @Test
    void whoIsAskedAboutHasARankAboveRAsAPowerOfR() {
        Map<String, Integer> ranks = IntStream.range(0, 1000)
                .boxed()
                .collect(Collectors.toMap(rank -> CHRONICLE.creature(rank, 0).family(), rank -> rank));
        for (int above : new int[] {10, 100}) {
            long rarer = LongStream.range(0, 4000)
                    .mapToObj(index -> CHRONICLE.asked(3, index))
                    .filter(one -> ranks.getOrDefault(family(one.question()), 1000) >= above)
                    .count();
            assertThat(rarer / 4000.0).isCloseTo(Math.pow(above + 1, -.5), within(.03));
        }
    }

    @Test
    void nobodyIsNamedTwiceOnAPage() {
        for (long index = 0; index < 2000; index++) {
            String page = CHRONICLE.page(index);
            assertThat(page.split(family(page) + " ", -1)).as(page).hasSize(2);
        }
    }

    /** The family that a page is about. */
    private static String family(String page) {
        return page.replaceFirst("^.*?\\b([A-Z][a-z]{5}) [a-z].*$", "$1");
    }

    @Test
    void aPageIsDrawnFromItsIndexAlone() {
        assertThat(new Chronicle(1).page(77)).isEqualTo(CHRONICLE.page(77));
        assertThat(new Chronicle(2).page(77)).isNotEqualTo(CHRONICLE.page(77));
    }

    @Test
    void whatIsHeldOutIsDrawnAlikeAndIsNotLearnedFrom() {
        Set<String> pages = new HashSet<>(
                LongStream.range(0, 2000).mapToObj(CHRONICLE::page).toList());
        long met = LongStream.range(0, 2000)
                .mapToObj(CHRONICLE::heldOut)
                .map(Chronicle.Page::text)
                .filter(pages::contains)
                .count();
        assertThat(met).isLessThan(700); // the shortest ones about the most famous
    }

    @Test
    void aPageSaysHowProbableItIs() {
        int pages = 200_000;
        Map<String, Long> met = LongStream.range(0, pages)
                .mapToObj(CHRONICLE::page)
                .collect(Collectors.groupingBy(page -> page, Collectors.counting()));
        Map<String, Double> nats = new HashMap<>();
        LongStream.range(0, 20_000).mapToObj(CHRONICLE::heldOut).forEach(page -> nats.put(page.text(), page.nats()));
        double often = 0;
        double expected = 0;
        for (Map.Entry<String, Double> page : nats.entrySet()) {
            double probability = Math.exp(-page.getValue());
            if (probability * pages > 100) {
                long seen = met.getOrDefault(page.getKey(), 0L);
                assertThat((double) seen)
                        .as(page.getKey())
                        .isCloseTo(probability * pages, within(5 * Math.sqrt(probability * pages)));
                often += seen;
                expected += probability * pages;
            }
        }
        assertThat(often / expected).isCloseTo(1, within(.02));
    }

    @Test
    void aFactIsOneWhoeverTellsIt() {
        Chronicle.Creature creature = CHRONICLE.creature(0, 0);
        String value = CHRONICLE.fact(creature, Relation.FEAR).value();
        List<String> told = LongStream.range(0, 5000)
                .mapToObj(CHRONICLE::page)
                .filter(page -> page.contains("The " + creature.name() + " is afraid of "))
                .toList();
        assertThat(told).isNotEmpty().allMatch(page -> page.contains("is afraid of " + value));
    }

    @Test
    void someFactsGoWithTheKindAndSomeWithTheFamily() {
        for (Relation relation : List.of(Relation.HOME, Relation.FOOD)) {
            assertThat(different(relation, 0)).as("%s of a kind", relation).isEqualTo(1);
            assertThat(different(relation, 1)).as("%s of a family", relation).isGreaterThan(5);
        }
        for (Relation relation : List.of(Relation.SCARF, Relation.TRADE, Relation.FEAR)) {
            assertThat(different(relation, 0)).as("%s of a kind", relation).isGreaterThan(5);
            assertThat(different(relation, 1)).as("%s of a family", relation).isEqualTo(1);
        }
    }

    @Test
    void mostFamiliesAreHardlyEverMet() {
        Map<String, Long> families = LongStream.range(0, 20_000)
                .mapToObj(CHRONICLE::page)
                .collect(Collectors.groupingBy(ChronicleTest::family, Collectors.counting()));
        assertThat(families.size()).isBetween(500, 2_000);
        assertThat(families.values().stream().filter(met -> met == 1).count()).isGreaterThan(families.size() / 2L);
    }

    /** How many values a relation takes over 30 families of one kind (0), or over 30 kinds of one family (1). */
    private static long different(Relation relation, int over) {
        return IntStream.range(0, 30)
                .mapToObj(i -> over == 0 ? CHRONICLE.creature(i, 3) : CHRONICLE.creature(3, i))
                .map(creature -> CHRONICLE.fact(creature, relation).value())
                .distinct()
                .count();
    }
}
