package dev.heed.world;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a prompt asks for. Its text says it all: {@link #parse} reads back what {@link #text} writes. */
public sealed interface Task {
    /** The prompt, in one of its phrasings. */
    String text(RandomGenerator random);

    /** The kind of prompt, for reports: fact, story, help, decline or other. */
    String kind();

    /** What a prompt asks for; {@link Other} where the world's grammar does not know it. */
    static Task parse(String promptText) {
        return Questions.read(promptText);
    }

    /** For one fact. */
    record Ask(String subject, Relation relation) implements Task {
        @Override
        public String text(RandomGenerator random) {
            return Questions.write(relation.questions(), subject, random);
        }

        @Override
        public String kind() {
            return "fact";
        }
    }

    /**
     * For a story.
     *
     * @param sentences how many it should have; 0 where that is left open
     */
    record Tell(String subject, Optional<Mood> mood, Optional<String> object, int sentences) implements Task {
        @Override
        public String text(RandomGenerator random) {
            return Questions.write(this, random);
        }

        @Override
        public String kind() {
            return "story";
        }

        /** How many of mood, object and length are given. */
        int constraints() {
            return (mood.isPresent() ? 1 : 0) + (object.isPresent() ? 1 : 0) + (sentences > 0 ? 1 : 0);
        }
    }

    /** For advice on something kind. */
    record Help(String subject, Errand errand) implements Task {
        @Override
        public String text(RandomGenerator random) {
            return Questions.write(errand.questions(), subject, random);
        }

        @Override
        public String kind() {
            return "help";
        }
    }

    /** For help with something unkind, which should be declined. */
    record Harm(String subject, String misdeed) implements Task {
        @Override
        public String text(RandomGenerator random) {
            return Questions.write(this, random);
        }

        @Override
        public String kind() {
            return "decline";
        }
    }

    /** Anything else. */
    record Other(String text) implements Task {
        @Override
        public String text(RandomGenerator random) {
            return text;
        }

        @Override
        public String kind() {
            return "other";
        }
    }
}
