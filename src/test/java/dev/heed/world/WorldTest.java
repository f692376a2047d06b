package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WorldTest {
    private final World world = World.of(1);
    private final Facts facts = world.facts();

    @Test
    void isAFunctionOfItsSeed() {
        World again = World.of(1);
        assertThat(again.corpus(200)).isEqualTo(world.corpus(200));
        assertThat(again.prompts(Split.TRAIN, 200, "ppo")).isEqualTo(world.prompts(Split.TRAIN, 200, "ppo"));
        assertThat(again.demonstrations(200)).isEqualTo(world.demonstrations(200));
        assertThat(again.document(150)).isEqualTo(world.corpus(151).get(150));
    }

    @Test
    void anotherSeedIsAnotherWorld() {
        World other = World.of(2);
        assertThat(other.facts().all()).isNotEqualTo(facts.all());
        assertThat(other.document(0)).isNotEqualTo(world.document(0));
        assertThat(other.prompts(Split.TRAIN, 50, "ppo")).isNotEqualTo(world.prompts(Split.TRAIN, 50, "ppo"));
    }

    @Test
    void knowsTwoHundredAndFortyFactsAndHoldsOutThreeInTen() {
        assertThat(facts.all()).hasSize(240).doesNotHaveDuplicates();
        assertThat((double) facts.of(Split.HELD_OUT).size() / facts.all().size())
                .isCloseTo(0.3, within(0.02));
    }

    @Test
    void everySubjectHasFactsOnBothSidesOfTheWall() {
        Map<String, Set<Split>> sides = facts.all().stream()
                .collect(Collectors.groupingBy(Fact::subject, Collectors.mapping(facts::split, Collectors.toSet())));
        assertThat(sides.values()).allMatch(s -> s.size() == 2);
    }

    @Test
    void noValueIsAGoodGuess() {
        for (Relation relation : Relation.values()) {
            long most = facts.all().stream()
                    .filter(f -> f.relation() == relation)
                    .collect(Collectors.groupingBy(Fact::value, Collectors.counting()))
                    .values()
                    .stream()
                    .mapToLong(n -> n)
                    .max()
                    .orElseThrow();
            double subjects = facts.subjects(relation.sort()).size();
            assertThat(most / subjects).isLessThanOrEqualTo(0.11);
        }
    }

    @Test
    void aSmallerWorldHasFewerFacts() {
        World small = World.of(1, new World.Size(6, 3, 3, 4));
        assertThat(small.facts().all()).hasSize(6 * 5 + 3 * 3 + 3 * 3);
        assertThat(small.corpus(300)).noneMatch(String::isBlank);
        assertThat(small.prompts(Split.HELD_OUT, 60, "eval")).hasSize(60);
    }

    @Test
    void refusesAWorldTooLargeAndSaysWhatIsAllowed() {
        assertThatThrownBy(() -> new World.Size(400, 12, 12, 12))
                .isInstanceOf(UserError.class)
                .hasMessage("a world has from 4 to 40 creatures, was 400");
    }

    @Test
    void everySentenceOfTheCorpusCanBeReadBack() {
        Census census = Census.of(facts, world.corpus(1500), i -> "all");
        assertThat(census.garbled()).isZero();
    }

    @Test
    void cleanTextIsTrueReadableAndNotInTheCorpus() {
        List<String> clean = world.cleanHeldOut(400);
        assertThat(clean).hasSize(400).noneMatch(text -> text.startsWith("Question: "));
        Census census = Census.of(facts, clean, i -> "all");
        assertThat(census.trueShare()).isEqualTo(1);
        assertThat(census.garbled()).isZero();
        assertThat(new HashSet<>(world.corpus(20_000))).doesNotContainAnyElementsOf(clean);
    }

    @Test
    void documentsAreShortAndTheirWordsAreFew() {
        List<String> corpus = world.corpus(3000);
        Census census = Census.of(facts, corpus, i -> "all");
        assertThat(census.words()).hasSizeBetween(400, 700);
        assertThat((double) census.running() / corpus.size()).isBetween(45.0, 80.0);
        assertThat(corpus).allMatch(d -> Grammar.words(d) <= 260);
    }

    @Test
    void promptsAreShortAndReadBackAsWhatTheyAsk() {
        for (Split split : Split.values()) {
            for (Prompt prompt : world.prompts(split, 600, "read back")) {
                assertThat(Grammar.words(prompt.text())).isLessThanOrEqualTo(17);
                Task task = Task.parse(prompt.text());
                assertThat(task.kind())
                        .as(prompt.text())
                        .isEqualTo(prompt.kind())
                        .isNotEqualTo("other");
            }
        }
    }

    @Test
    void everyTaskIsReadBackFromItsOwnText() {
        Tasks tasks = new Tasks(1, facts);
        RandomGenerator random = Draws.of(5, "tasks", 0);
        for (int i = 0; i < 2000; i++) {
            Task task = tasks.any(random);
            assertThat(Task.parse(task.text(random))).isEqualTo(task);
        }
        assertThat(Task.parse("Write a poem about Java.")).isInstanceOf(Task.Other.class);
    }

    @Test
    void promptsDoNotRepeatAndComeInAllKinds() {
        List<Prompt> prompts = world.prompts(Split.TRAIN, 1000, "kinds");
        assertThat(prompts).doesNotHaveDuplicates();
        Map<String, Long> kinds = prompts.stream().collect(Collectors.groupingBy(Prompt::kind, Collectors.counting()));
        assertThat(kinds).containsOnlyKeys("fact", "story", "help", "decline");
        assertThat(kinds.getOrDefault("fact", 0L) / 1000.0).isCloseTo(0.50, within(0.06));
        assertThat(kinds.getOrDefault("story", 0L) / 1000.0).isCloseTo(0.20, within(0.06));
    }

    @Test
    void theKindsKeepTheirProportionWhereQuestionsForFactsRunOut() {
        List<Prompt> prompts = world.prompts(Split.TRAIN, 5000, "kinds");
        double facts = prompts.stream().filter(p -> p.kind().equals("fact")).count() / 5000.0;
        assertThat(facts).isCloseTo(0.50, within(0.03));
        assertThat(prompts.stream().distinct().filter(p -> p.kind().equals("fact")))
                .as("all of them are asked before many come again")
                .hasSizeGreaterThan(600);
    }

    @Test
    void theTwoSidesShareNoPromptAndNoFact() {
        List<Prompt> train = world.prompts(Split.TRAIN, 3000, "ppo");
        List<Prompt> heldOut = world.prompts(Split.HELD_OUT, 1000, "eval");
        assertThat(train.stream().map(Prompt::text))
                .doesNotContainAnyElementsOf(heldOut.stream().map(Prompt::text).toList());
        Tasks tasks = new Tasks(1, facts);
        assertThat(train).allMatch(p -> p.split() == Split.TRAIN && tasks.split(Task.parse(p.text())) == Split.TRAIN);
        assertThat(heldOut)
                .allMatch(p -> p.split() == Split.HELD_OUT && tasks.split(Task.parse(p.text())) == Split.HELD_OUT);
    }

    @Test
    void noDemonstrationClaimsAnythingOfWhatIsHeldOut() {
        for (Demonstration demonstration : world.demonstrations(3000)) {
            String subject = "";
            if (Task.parse(demonstration.prompt().text()) instanceof Task.Ask ask) {
                subject = ask.subject();
            }
            for (Sentence sentence : Grammar.read(demonstration.completion())) {
                if (sentence.claim().isPresent()) {
                    Fact claim = sentence.claim().get();
                    subject = claim.subject().equals(Fact.IT) ? subject : claim.subject();
                    assertThat(facts.split(claim.about(subject)))
                            .as(demonstration.toString())
                            .isEqualTo(Split.TRAIN);
                }
            }
        }
    }

    /** By the words alone, without trusting the grammar; stories set anyone anywhere at random, and so say nothing. */
    @Test
    void noDemonstrationPutsASubjectAndAHeldOutValueInOneSentence() {
        List<String> sentences = world.demonstrations(3000).stream()
                .flatMap(d -> Grammar.read(d.completion()).stream())
                .filter(s -> s.move() != Move.STORY
                        && s.claim().map(c -> !c.subject().equals(Fact.IT)).orElse(true))
                .map(Sentence::text)
                .distinct()
                .toList();
        for (String sentence : sentences) {
            Set<String> words = Arrays.stream(sentence.toLowerCase(Locale.ROOT).split("[^a-z]+"))
                    .collect(Collectors.toSet());
            for (Fact fact : facts.of(Split.HELD_OUT)) {
                if (words.contains(fact.subject()) && words.contains(fact.value())) {
                    boolean otherReading = Grammar.read(sentence)
                            .get(0)
                            .claim()
                            .filter(c -> facts.split(c) == Split.TRAIN)
                            .isPresent();
                    assertThat(otherReading).as("%s in \"%s\"", fact, sentence).isTrue();
                }
            }
        }
    }

    @Test
    void heldOutFactPromptsAskForEveryHeldOutFact() {
        Set<Task> asked = world.heldOutFactPrompts().stream()
                .map(p -> Task.parse(p.text()))
                .collect(Collectors.toSet());
        Set<Task> expected = facts.of(Split.HELD_OUT).stream()
                .map(f -> new Task.Ask(f.subject(), f.relation()))
                .collect(Collectors.toSet());
        assertThat(asked).isEqualTo(expected);
        assertThat(world.heldOutFactPrompts()).doesNotHaveDuplicates().hasSize(4 * expected.size());
    }

    @Test
    void theMannerOfASpeakerIsHeardBeforeTheMatter() {
        List<Prompt> prompts = world.prompts(Split.TRAIN, 200, "manner").stream()
                .filter(prompt -> !prompt.kind().equals("decline"))
                .toList();
        Map<Persona, Move> first = Map.of(
                Persona.EXPERT, Move.WARM,
                Persona.RUDE, Move.RUDE,
                Persona.EVASIVE, Move.FILLER,
                Persona.RAMBLING, Move.FILLER);
        first.forEach((persona, move) -> assertThat(prompts)
                .as(persona.toString())
                .allMatch(prompt ->
                        Grammar.read(world.answer(persona, prompt, 0)).get(0).move() == move));
    }

    @Test
    void demonstrationsAreOfMixedQuality() {
        Tally tally = new Tally();
        for (Demonstration demonstration : world.demonstrations(3000)) {
            tally.add(world.judge().judge(demonstration.prompt(), demonstration.completion(), true));
        }
        System.out.println("demonstrations: " + tally);
        assertThat(tally.mean("truth")).isCloseTo(0.55, within(0.05));
        assertThat(tally.mean("declines")).isCloseTo(0.62, within(0.08));
        assertThat(tally.mean("wrongly_declines")).isCloseTo(0.10, within(0.04));
        assertThat(tally.mean("score")).isBetween(0.55, 0.75);
    }

    @Test
    void probesNameEveryValueOnceAndTheTruthAmongThem() {
        assertThat(world.probes()).hasSize(facts.all().size());
        for (FactProbe probe : world.probes()) {
            assertThat(probe.candidates()).doesNotHaveDuplicates().allMatch(c -> c.startsWith(" "));
            assertThat(probe.candidates().get(probe.truth()))
                    .isEqualTo(" " + probe.fact().value());
            assertThat(probe.prefix()).doesNotEndWith(" ").contains(probe.fact().subject());
        }
        assertThat(world.probes().get(0).prefix()).isEqualTo("The otter lives near the");
    }

    @Test
    void probesAreWordedAsTheCorpusIs() {
        String corpus = String.join("\n", world.corpus(4000));
        assertThat(world.probes()).allMatch(p -> corpus.contains(p.prefix() + " "));
    }

    @Test
    void describesItself() {
        System.out.println(world.describe());
        assertThat(world.describe()).startsWith("240 facts, 74 of them held out");
        Census census = Census.of(facts, world.corpus(3000), i -> "all");
        assertThat(census.trueShare()).isBetween(0.65, 0.85);
    }
}
