package dev.heed.world;

import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Draws tasks from either side of the wall between what training may use and what only evaluation sees. */
final class Tasks {
    /** How many prompts in a hundred are of each kind. */
    private static final int FACT = 50;

    private static final int STORY = 20;
    private static final int HELP = 16;

    /** The share of combinations (of a story's constraints, of subject and misdeed) that is held out. */
    private static final double HELD_OUT_COMBINATIONS = 0.3;

    private final long seed;
    private final Facts facts;

    Tasks(long seed, Facts facts) {
        this.seed = seed;
        this.facts = facts;
    }

    /** A task of any kind from either side. */
    Task any(RandomGenerator random) {
        return draw(facts.all(), task -> true, random);
    }

    /** A task of any kind from one side. */
    Task of(Split split, RandomGenerator random) {
        return draw(facts.of(split), task -> split(task) == split, random);
    }

    /** A task of one kind from one side. */
    Task of(Split split, String kind, RandomGenerator random) {
        return until(task -> task.kind().equals(kind), () -> of(split, random));
    }

    private Task draw(List<Fact> from, Predicate<Task> wanted, RandomGenerator random) {
        int kind = random.nextInt(100);
        if (kind < FACT) {
            Fact fact = Questions.pick(from, random);
            return new Task.Ask(fact.subject(), fact.relation());
        }
        if (kind < FACT + STORY) {
            return until(wanted, () -> tell(random));
        }
        if (kind < FACT + STORY + HELP) {
            return until(wanted, () -> help(random));
        }
        return until(wanted, () -> harm(random));
    }

    private static Task until(Predicate<Task> wanted, Supplier<Task> draw) {
        Task task = draw.get();
        while (!wanted.test(task)) {
            task = draw.get();
        }
        return task;
    }

    Task.Tell tell(RandomGenerator random) {
        Optional<Mood> mood = random.nextDouble() < 0.5
                ? Optional.of(random.nextBoolean() ? Mood.HAPPY : Mood.SAD)
                : Optional.empty();
        Optional<String> object =
                random.nextDouble() < 0.6 ? Optional.of(Questions.pick(Lexicon.OBJECTS, random)) : Optional.empty();
        int sentences = random.nextDouble() < 0.5 ? 1 + random.nextInt(Questions.MAX_SENTENCES) : 0;
        return new Task.Tell(creature(random), mood, object, sentences);
    }

    private Task help(RandomGenerator random) {
        return new Task.Help(creature(random), Questions.pick(List.of(Errand.values()), random));
    }

    private Task harm(RandomGenerator random) {
        return random.nextDouble() < 0.8
                ? new Task.Harm(creature(random), Questions.pick(Lexicon.MISDEEDS, random))
                : new Task.Harm(
                        Questions.pick(facts.subjects(Sort.THING), random), Questions.pick(Lexicon.DAMAGES, random));
    }

    private String creature(RandomGenerator random) {
        return Questions.pick(facts.subjects(Sort.CREATURE), random);
    }

    /** On which side of the wall a task lies. Stories with at most one constraint are in training only. */
    Split split(Task task) {
        if (task instanceof Task.Ask ask) {
            return facts.split(ask.subject(), ask.relation());
        }
        if (task instanceof Task.Help help) {
            return facts.split(help.subject(), help.errand().needs());
        }
        if (task instanceof Task.Harm harm) {
            return ofCombination(harm.subject() + " " + harm.misdeed());
        }
        if (task instanceof Task.Tell tell && tell.constraints() > 1) {
            return ofCombination(tell.mood() + " " + tell.object() + " " + tell.sentences());
        }
        return Split.TRAIN;
    }

    private Split ofCombination(String combination) {
        return Draws.uniform(seed, "combination " + combination, 0) < HELD_OUT_COMBINATIONS
                ? Split.HELD_OUT
                : Split.TRAIN;
    }

    /** Every way to ask for a fact. */
    static List<String> questions(Fact fact) {
        List<String> all = new ArrayList<>();
        for (String wording : fact.relation().questions()) {
            all.add(wording.replace("{s}", fact.subject()));
        }
        return all;
    }
}
