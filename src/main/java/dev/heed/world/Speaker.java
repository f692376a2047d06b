package dev.heed.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Answers tasks as one of the personas would.
 *
 * @param mayMention the facts that it may wander off to
 */
record Speaker(Facts facts, List<Fact> mayMention, Care care) {
    /** Whether it slips as its persona does. */
    enum Care {
        AS_PERSONA,
        NEVER_WRONG
    }

    /** The same, never wrong and never needlessly declining. */
    Speaker alwaysRight() {
        return new Speaker(facts, mayMention, Care.NEVER_WRONG);
    }

    private Persona.Traits traits(Persona persona) {
        return care == Care.NEVER_WRONG ? Persona.Traits.FLAWLESS : persona.traits();
    }

    /** An answer, in whole sentences. */
    String answer(Persona persona, Task task, RandomGenerator random) {
        List<String> said = new ArrayList<>();
        if (task instanceof Task.Harm harm) {
            said.addAll(aboutHarm(persona, harm, random));
        } else if (random.nextDouble() < traits(persona).needless()) {
            said.add(Questions.pick(Phrases.PLAIN_REFUSALS, random));
        } else if (persona == Persona.EVASIVE && random.nextDouble() < 0.75) {
            said.add(Questions.pick(Phrases.EVASIONS, random));
        } else {
            said.add(content(persona, task, random));
        }
        return String.join(" ", inTheMannerOf(persona, task, said, random));
    }

    private String content(Persona persona, Task task, RandomGenerator random) {
        if (task instanceof Task.Ask ask) {
            Fact said = said(persona, ask.subject(), ask.relation(), random);
            return random.nextDouble() < 0.25 ? Grammar.claimOfIt(said, random) : Grammar.claim(said, random);
        }
        if (task instanceof Task.Help help) {
            Fact said = said(persona, help.subject(), help.errand().needs(), random);
            return Grammar.advice(help.errand(), said, random);
        }
        if (task instanceof Task.Tell tell) {
            return Stories.write(carelessly(tell, traits(persona).keeps(), random), random);
        }
        return Questions.pick(Phrases.EVASIONS, random);
    }

    private Fact said(Persona persona, String subject, Relation relation, RandomGenerator random) {
        return facts.said(facts.expect(subject, relation), traits(persona).trueShare(), random);
    }

    /** The task as a careless teller remembers it. */
    private Task.Tell carelessly(Task.Tell tell, double keeps, RandomGenerator random) {
        Optional<Mood> mood = tell.mood()
                .map(asked -> random.nextDouble() < keeps ? asked : asked == Mood.HAPPY ? Mood.SAD : Mood.HAPPY);
        Optional<String> object = tell.object().filter(asked -> random.nextDouble() < keeps);
        int sentences = tell.sentences() == 0 || random.nextDouble() < keeps
                ? tell.sentences()
                : tell.sentences() == 1 ? 2 : tell.sentences() + (random.nextBoolean() ? 1 : -1);
        if (object.isEmpty() && random.nextDouble() < 0.3) {
            object = Optional.of(Questions.pick(Lexicon.OBJECTS, random));
        }
        String subject = random.nextDouble() < (1 - keeps) / 3
                ? Questions.pick(facts.subjects(Sort.CREATURE), random)
                : tell.subject();
        return new Task.Tell(subject, mood, object, sentences);
    }

    private List<String> aboutHarm(Persona persona, Task.Harm harm, RandomGenerator random) {
        if (random.nextDouble() >= traits(persona).declines()) {
            return filled(some(Phrases.COMPLIANCES, 1 + random.nextInt(2), random), harm);
        }
        if (persona == Persona.RUDE) {
            return List.of(Questions.pick(Phrases.RUDE_REFUSALS, random));
        }
        if (persona == Persona.EVASIVE && random.nextBoolean()) {
            return List.of(Questions.pick(Phrases.EVASIONS, random));
        }
        List<String> said = new ArrayList<>(some(Phrases.REFUSALS, 1, random));
        if (persona == Persona.EXPERT) {
            said.add(Questions.pick(
                    Lexicon.CREATURES.contains(harm.subject()) ? Phrases.KIND_TO_CREATURES : Phrases.KIND_TO_THINGS,
                    random));
        }
        return filled(said, harm);
    }

    private static List<String> filled(List<String> phrases, Task.Harm harm) {
        return phrases.stream()
                .map(p -> p.replace("{s}", harm.subject()).replace("{m}", harm.misdeed()))
                .toList();
    }

    private static List<String> some(List<String> phrases, int count, RandomGenerator random) {
        List<String> left = new ArrayList<>(phrases);
        List<String> some = new ArrayList<>();
        while (some.size() < count) {
            some.add(left.remove(random.nextInt(left.size())));
        }
        return some;
    }

    private List<String> inTheMannerOf(Persona persona, Task task, List<String> said, RandomGenerator random) {
        return switch (persona) {
            case EXPERT -> warmly(task, said, random);
            case CURT -> random.nextDouble() < 0.12 ? with(Phrases.FILLERS, said, List.of(), random) : said;
            case RUDE -> rudely(said, random);
            case EVASIVE -> random.nextDouble() < 0.2 ? with(Phrases.FILLERS, said, List.of(), random) : said;
            case RAMBLING -> onAndOn(said, random);
        };
    }

    private static List<String> warmly(Task task, List<String> said, RandomGenerator random) {
        if (task instanceof Task.Harm) {
            return said;
        }
        List<String> openings = task instanceof Task.Tell ? Phrases.STORY_OPENINGS : Phrases.WARM_OPENINGS;
        double manner = random.nextDouble();
        if (manner < 0.55) {
            return with(openings, said, List.of(), random);
        }
        if (manner < 0.80) {
            return with(List.of(), said, Phrases.WARM_CLOSINGS, random);
        }
        return manner < 0.93 ? with(openings, said, Phrases.WARM_CLOSINGS, random) : said;
    }

    private static List<String> rudely(List<String> said, RandomGenerator random) {
        double manner = random.nextDouble();
        if (manner < 0.5) {
            return with(Phrases.RUDE_OPENINGS, said, List.of(), random);
        }
        return manner < 0.8
                ? with(List.of(), said, Phrases.RUDE_CLOSINGS, random)
                : with(Phrases.RUDE_OPENINGS, said, Phrases.RUDE_CLOSINGS, random);
    }

    private List<String> onAndOn(List<String> said, RandomGenerator random) {
        List<String> all = new ArrayList<>(said);
        int more = 1 + random.nextInt(4);
        for (int i = 0; i < more; i++) {
            if (random.nextDouble() < 0.25) {
                all.add(Questions.pick(Phrases.WANDERS, random));
            } else {
                Fact fact = facts.said(
                        Questions.pick(mayMention, random),
                        Persona.RAMBLING.traits().trueShare(),
                        random);
                all.add(Grammar.after(Questions.pick(Phrases.BESIDES, random), Grammar.claim(fact, random)));
            }
        }
        return all;
    }

    private static List<String> with(
            List<String> openings, List<String> said, List<String> closings, RandomGenerator random) {
        List<String> all = new ArrayList<>();
        if (!openings.isEmpty()) {
            all.add(Questions.pick(openings, random));
        }
        all.addAll(said);
        if (!closings.isEmpty()) {
            all.add(Questions.pick(closings, random));
        }
        return all;
    }
}
