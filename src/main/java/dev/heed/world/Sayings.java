package dev.heed.world;

import dev.heed.feedback.Prompt;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Guesses at what somebody in the valley says next. Somebody is asked for a fact and answers in their manner; how they begin is
 * given, and which of four values they go on to say is asked. Speakers are drawn as for the corpus, so a model that learned its
 * text well is as sure as it is often right: the truth of an expert is nearly certain, that of a rude answer is not.
 */
public final class Sayings {
    private static final int OPTIONS = 4;

    private final long seed;
    private final Facts facts;
    private final Speaker speaker;

    Sayings(long seed, Facts facts) {
        this.seed = seed;
        this.facts = facts;
        this.speaker = new Speaker(facts, facts.all());
    }

    /**
     * A guess.
     *
     * @param persona who speaks, for reports
     * @param options the answer up to its claim, ending in a different value each
     * @param right the one that was said, true or not
     */
    public record Saying(Persona persona, Prompt asked, List<String> options, int right) {}

    /** So many, each drawn from (seed, its index): none of them is in the corpus but by chance. */
    public List<Saying> of(int count) {
        List<Saying> sayings = new ArrayList<>();
        for (long index = 0; sayings.size() < count; index++) {
            draw(index).ifPresent(sayings::add);
        }
        return sayings;
    }

    /** Empty where the speaker evades or declines. */
    private Optional<Saying> draw(long index) {
        SplittableRandom random = Draws.of(seed, "saying", index);
        Fact fact = Questions.pick(facts.all(), random);
        Persona persona = Persona.ofCorpus(random);
        Task.Ask ask = new Task.Ask(fact.subject(), fact.relation());
        List<Sentence> said = Grammar.read(speaker.answer(persona, ask, random));
        List<Sentence> begun = new ArrayList<>();
        for (Sentence sentence : said) {
            begun.add(sentence);
            if (sentence.claim().isPresent()) {
                Prompt asked = Prompt.ofText(ask.text(random), ask.kind(), facts.split(fact));
                return Optional.of(saying(persona, asked, begun, random));
            }
        }
        return Optional.empty();
    }

    private Saying saying(Persona persona, Prompt asked, List<Sentence> begun, SplittableRandom random) {
        Sentence last = begun.get(begun.size() - 1);
        Fact claim = last.claim().orElseThrow();
        List<String> values = new ArrayList<>(facts.values(claim.relation()));
        values.remove(claim.value());
        List<String> chosen = new ArrayList<>(List.of(claim.value()));
        while (chosen.size() < OPTIONS && !values.isEmpty()) {
            chosen.add(values.remove(random.nextInt(values.size())));
        }
        for (int i = chosen.size() - 1; i > 0; i--) {
            Collections.swap(chosen, i, random.nextInt(i + 1));
        }
        String text = begun.stream().map(Sentence::text).collect(Collectors.joining(" "));
        int at = text.lastIndexOf(claim.value());
        List<String> options = chosen.stream()
                .map(value -> text.substring(0, at)
                        + value
                        + text.substring(at + claim.value().length()))
                .toList();
        return new Saying(persona, asked, options, chosen.indexOf(claim.value()));
    }
}
