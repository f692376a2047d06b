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
        assertThat(pagesAbout(3, 0, pages) / first).isCloseTo(Math.pow(4, -1.1), within(.05));
        assertThat(pagesAbout(0, 3, pages) / first).isCloseTo(Math.pow(4, -1.1), within(.05));
        assertThat(pagesAbout(15, 15, pages) / first).isCloseTo(Math.pow(256, -1.1), within(.01));
        assertThat(pagesAbout(99, 39, pages)).isLessThan(10);
    }

    @Test
    void questionsAreAskedAboutFamiliesOfAnyFameAndAnsweredByTheirPages() {
        List<Chronicle.Asked> asked =
                LongStream.range(0, 600).mapToObj(CHRONICLE::asked).toList();
        Set<String> families = new HashSet<>();
        asked.forEach(one -> {
            assertThat(one.question()).contains("? The ");
            assertThat(one.answer()).matches("[a-z ]+\\.");
            families.add(one.question().replaceFirst(".*\\? The ", "").split(" ")[0]);
        });
        assertThat(families)
                .hasSizeBetween(150, 450); // the most famous come often, and most of the others once at most
        Set<String> pages = new HashSet<>(
                LongStream.range(0, 200_000).mapToObj(CHRONICLE::page).toList());
        long told = asked.stream()
                .filter(one -> pages.contains(one.question() + " " + one.answer()))
                .count();
        assertThat(told).isBetween(60L, 540L);
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
        long families = LongStream.range(0, 20_000)
                .mapToObj(CHRONICLE::page)
                .map(page -> page.replaceFirst("^(.*? )?([A-Z][a-z]{3}) .*$", "$2"))
                .distinct()
                .count();
        assertThat(families).isBetween(1_000L, 4_900L);
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
