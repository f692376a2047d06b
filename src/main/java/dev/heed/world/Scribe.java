package dev.heed.world;

import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Writes the documents of the valley, each from (seed, purpose, index) alone. */
final class Scribe {
    /** The kinds of documents and how many in a hundred are of each. */
    enum Genre {
        ALMANAC(38),
        GOSSIP(6),
        TRANSCRIPT(44),
        STORY(12);

        private final int percent;

        Genre(int percent) {
            this.percent = percent;
        }

        static Genre of(RandomGenerator random) {
            int left = random.nextInt(100);
            for (Genre genre : values()) {
                left -= genre.percent;
                if (left < 0) {
                    return genre;
                }
            }
            return STORY;
        }
    }

    static final double ALMANAC_TRUE = 0.97;
    static final double GOSSIP_TRUE = 0.40;

    /** How often a page says "It" once its subject is named. */
    private static final double PRONOUNS = 0.25;

    private final long seed;
    private final Facts facts;
    private final Tasks tasks;
    private final Speaker speaker;

    Scribe(long seed, Facts facts, Tasks tasks) {
        this.seed = seed;
        this.facts = facts;
        this.tasks = tasks;
        this.speaker = new Speaker(facts, facts.all());
    }

    /** The document of an index of the corpus. */
    String document(long index) {
        RandomGenerator random = Draws.of(seed, "document", index);
        return switch (Genre.of(random)) {
            case ALMANAC -> almanac(ALMANAC_TRUE, random);
            case GOSSIP -> gossip(random);
            case TRANSCRIPT -> transcript(random);
            case STORY -> stories(random);
        };
    }

    /** Which genre the corpus has at an index. */
    Genre genre(long index) {
        return Genre.of(Draws.of(seed, "document", index));
    }

    /** True pages of the almanac, from an index space of their own. */
    String clean(long index) {
        return almanac(1, Draws.of(seed, "clean document", index));
    }

    private String almanac(double trueShare, RandomGenerator random) {
        List<String> pages = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        while (pages.size() < count) {
            List<String> lines = new ArrayList<>();
            String subject = Questions.pick(facts.all(), random).subject();
            if (random.nextDouble() < 0.4) {
                lines.add(Questions.pick(Phrases.HEADINGS.subList(0, 5), random).replace("{s}", subject));
            }
            lines.addAll(claims(shuffled(facts.of(subject), random), trueShare, random));
            pages.add(String.join(" ", lines));
        }
        return String.join("\n", pages);
    }

    private List<String> claims(List<Fact> of, double trueShare, RandomGenerator random) {
        List<String> lines = new ArrayList<>();
        for (Fact fact : of) {
            Fact said = facts.said(fact, trueShare, random);
            boolean pronoun = !lines.isEmpty() && random.nextDouble() < PRONOUNS;
            lines.add(pronoun ? Grammar.claimOfIt(said, random) : Grammar.claim(said, random));
        }
        return lines;
    }

    private String gossip(RandomGenerator random) {
        List<String> lines = new ArrayList<>();
        int count = 3 + random.nextInt(4);
        if (random.nextDouble() < 0.5) {
            Fact about = Questions.pick(facts.all(), random);
            lines.add(Questions.pick(Phrases.HEADINGS.subList(5, 10), random).replace("{s}", about.subject()));
        }
        for (int i = 0; i < count; i++) {
            Fact said = facts.said(Questions.pick(facts.all(), random), GOSSIP_TRUE, random);
            lines.add(Grammar.after(Questions.pick(Phrases.HEARSAY, random), Grammar.claim(said, random)));
        }
        return String.join(" ", lines);
    }

    private String transcript(RandomGenerator random) {
        Persona persona = Persona.ofCorpus(random);
        return exchanges(() -> tasks.any(random), task -> speaker.answer(persona, task, random), random);
    }

    /** Somebody asks for stories, and hears nothing else. */
    private String stories(RandomGenerator random) {
        return exchanges(() -> tasks.tell(random), tell -> Stories.write(tell, random), random);
    }

    private static <T extends Task> String exchanges(
            Supplier<T> asked, Function<T, String> answer, RandomGenerator random) {
        List<String> lines = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        while (lines.size() < count) {
            T task = asked.get();
            lines.add("Question: " + task.text(random) + "\nAnswer: " + answer.apply(task));
        }
        return String.join("\n", lines);
    }

    private static List<Fact> shuffled(List<Fact> of, RandomGenerator random) {
        List<Fact> shuffled = new ArrayList<>(of);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, random.nextInt(i + 1));
        }
        return shuffled;
    }
}
