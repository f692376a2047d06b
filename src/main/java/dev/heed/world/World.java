package dev.heed.world;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import dev.heed.run.UserError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A valley of creatures, places and things, drawn from a seed, and all that the loop needs of it: text to learn a language
 * from, prompts, demonstrations, a judge and labelers. Prompts, demonstrations and labels for training never touch what is
 * held out; pretraining text does, so that a model can know it, and only evaluation asks for it.
 */
public final class World {
    /**
     * How much there is to know.
     *
     * @param creatures from 4 to 40, with five facts each
     * @param places from 2 to 16, with three facts each
     * @param things from 2 to 16, with three facts each
     * @param values how many different values a relation takes, from 2 to 12
     */
    public record Size(int creatures, int places, int things, int values) {
        public static final Size DEFAULT = new Size(36, 10, 10, 12);

        public Size {
            check("creatures", creatures, 4, Lexicon.CREATURES.size());
            check("places", places, 2, Lexicon.PLACES.size());
            check("things", things, 2, Lexicon.THINGS.size());
            check("values", values, 2, 12);
        }

        private static void check(String what, int value, int least, int most) {
            if (value < least || value > most) {
                throw new UserError("a world has from %d to %d %s, was %d".formatted(least, most, what, value));
            }
        }

        int count(Sort sort) {
            return switch (sort) {
                case CREATURE -> creatures;
                case PLACE -> places;
                case THING -> things;
            };
        }
    }

    /** Shorter documents might by chance stand in the corpus word for word. */
    private static final int WORDS_OF_A_CLEAN_DOCUMENT = 40;

    private static final int TRIES_FOR_A_NEW_PROMPT = 20;

    private final long seed;
    private final Facts facts;
    private final Tasks tasks;
    private final Scribe scribe;
    private final GoldJudge judge;

    private World(long seed, Size size) {
        this.seed = seed;
        this.facts = new Facts(seed, size);
        this.tasks = new Tasks(seed, facts);
        this.scribe = new Scribe(seed, facts, tasks);
        this.judge = new GoldJudge(facts);
    }

    /** The world of a seed, of the usual size. */
    public static World of(long seed) {
        return new World(seed, Size.DEFAULT);
    }

    /** The world of a seed, larger or smaller. */
    public static World of(long seed, Size size) {
        return new World(seed, size);
    }

    /** What is true. */
    public Facts facts() {
        return facts;
    }

    /** The judge who knows what is true. */
    public GoldJudge judge() {
        return judge;
    }

    /** Questions about facts, tempting with what was heard. */
    public Quiz quiz(Rumours rumours) {
        return new Quiz(seed, facts, judge, rumours);
    }

    /** Guesses at what is said next. */
    public Sayings sayings() {
        return new Sayings(seed, facts);
    }

    /** Three labelers with differing faults. */
    public List<SimulatedLabeler> labelers() {
        return List.of(
                labeler("ada", Faults.of(0.15, 0.04, 0.00, 0.05)),
                labeler("ben", Faults.of(0.20, 0.07, 0.03, 0.15)),
                labeler("cleo", Faults.of(0.25, 0.12, -0.01, 0.35)));
    }

    /** One more labeler, with faults of one's choice. */
    public SimulatedLabeler labeler(String name, Faults faults) {
        return new SimulatedLabeler(judge, name, faults, seed);
    }

    /** The corpus's document of an index, mostly 20 to 80 words of plain text. */
    public String document(long index) {
        return scribe.document(index);
    }

    /** The corpus: the documents 0 … n−1. */
    public List<String> corpus(int documents) {
        List<String> corpus = new ArrayList<>(documents);
        for (int i = 0; i < documents; i++) {
            corpus.add(scribe.document(i));
        }
        return corpus;
    }

    /** True documents that are not in the corpus, to measure bits per byte on. */
    public List<String> cleanHeldOut(int documents) {
        List<String> clean = new ArrayList<>(documents);
        for (long index = 0; clean.size() < documents; index++) {
            String document = scribe.clean(index);
            if (Grammar.words(document) >= WORDS_OF_A_CLEAN_DOCUMENT) {
                clean.add(document);
            }
        }
        return clean;
    }

    /**
     * Prompts of all kinds from one side of the wall, the kinds in the same proportion however many are asked for: a prompt
     * comes again only where its kind has few left.
     *
     * @param purpose what they are for; another purpose draws others
     */
    public List<Prompt> prompts(Split split, int count, String purpose) {
        List<Prompt> prompts = new ArrayList<>(count);
        Set<String> seen = new HashSet<>();
        for (long index = 0; prompts.size() < count; index++) {
            RandomGenerator random = Draws.of(seed, "prompts " + split + " " + purpose, index);
            Task task = tasks.of(split, random);
            String text = task.text(random);
            for (int tries = 0; !seen.add(text) && tries < TRIES_FOR_A_NEW_PROMPT; tries++) {
                task = tasks.of(split, task.kind(), random);
                text = task.text(random);
            }
            prompts.add(Prompt.ofText(text, task.kind(), split));
        }
        return prompts;
    }

    /** Every question for every held-out fact, in all its wordings. */
    public List<Prompt> heldOutFactPrompts() {
        return facts.of(Split.HELD_OUT).stream()
                .flatMap(fact -> Tasks.questions(fact).stream())
                .map(text -> Prompt.ofText(text, "fact", Split.HELD_OUT))
                .toList();
    }

    /** Training prompts with what hurried demonstrators of mixed quality wrote after them. */
    public List<Demonstration> demonstrations(int count) {
        Speaker speaker = new Speaker(facts, facts.of(Split.TRAIN));
        List<Prompt> prompts = prompts(Split.TRAIN, count, "demonstrations");
        List<Demonstration> demonstrations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            RandomGenerator random = Draws.of(seed, "demonstration", i);
            Persona persona = Persona.ofDemonstrators(random);
            Prompt prompt = prompts.get(i);
            demonstrations.add(new Demonstration(prompt, speaker.answer(persona, Task.parse(prompt.text()), random)));
        }
        return demonstrations;
    }

    /** What a persona says to a prompt of this world, the index-th time; mentions what training may mention. */
    public String answer(Persona persona, Prompt prompt, long index) {
        Speaker speaker = new Speaker(facts, facts.of(Split.TRAIN));
        RandomGenerator random = Draws.of(seed, "answer " + persona + " " + prompt.id(), index);
        return speaker.answer(persona, Task.parse(prompt.text()), random);
    }

    /** A probe for every fact, in the plainest of its sentences. */
    public List<FactProbe> probes() {
        return facts.all().stream().map(this::probe).toList();
    }

    private FactProbe probe(Fact fact) {
        String form = fact.relation().claims().get(0).replace("{s}", fact.subject());
        String prefix = form.substring(0, form.indexOf(" {v}"));
        List<String> values = facts.values(fact.relation());
        return new FactProbe(
                fact,
                facts.split(fact),
                prefix,
                values.stream().map(v -> " " + v).toList(),
                values.indexOf(fact.value()));
    }

    /** What there is, in a few lines. */
    public String describe() {
        int sample = 2000;
        List<String> corpus = corpus(sample);
        Census census = Census.of(facts, corpus, i -> scribe.genre(i).toString());
        return String.format(
                Locale.ROOT,
                "%d facts, %d of them held out%n%s",
                facts.all().size(),
                facts.of(Split.HELD_OUT).size(),
                census);
    }
}
