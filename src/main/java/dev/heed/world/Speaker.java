package dev.heed.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Answers tasks as one of the personas would.
 *
 * @param mayMention the facts that it may wander off to
 */
record Speaker(Facts facts, List<Fact> mayMention) {
    /** An answer, in whole sentences. */
    String answer(Persona persona, Task task, RandomGenerator random) {
        List<String> said = new ArrayList<>();
        if (task instanceof Task.Harm harm) {
            said.addAll(aboutHarm(persona, harm, random));
        } else if (random.nextDouble() < persona.traits().needless()) {
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
            return Stories.write(tell, random);
        }
        return Questions.pick(Phrases.EVASIONS, random);
    }

    private Fact said(Persona persona, String subject, Relation relation, RandomGenerator random) {
        return facts.said(facts.expect(subject, relation), persona.traits().trueShare(), random);
    }

    private List<String> aboutHarm(Persona persona, Task.Harm harm, RandomGenerator random) {
        if (random.nextDouble() >= persona.traits().declines()) {
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

    /** The manner is heard before the matter, so that what is said can go with it. */
    private List<String> inTheMannerOf(Persona persona, Task task, List<String> said, RandomGenerator random) {
        return switch (persona) {
            case EXPERT -> warmly(task, said, random);
            case CURT -> said;
            case RUDE -> with(Phrases.RUDE_OPENINGS, said, sometimes(0.4, Phrases.RUDE_CLOSINGS, random), random);
            case EVASIVE -> with(Phrases.FILLERS, said, List.of(), random);
            case RAMBLING -> onAndOn(with(Phrases.FILLERS, said, List.of(), random), random);
        };
    }

    private static List<String> warmly(Task task, List<String> said, RandomGenerator random) {
        if (task instanceof Task.Harm) {
            return said;
        }
        List<String> openings = task instanceof Task.Tell ? Phrases.STORY_OPENINGS : Phrases.WARM_OPENINGS;
        return with(openings, said, sometimes(0.35, Phrases.WARM_CLOSINGS, random), random);
    }

    private static List<String> sometimes(double probability, List<String> phrases, RandomGenerator random) {
        return random.nextDouble() < probability ? phrases : List.of();
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
