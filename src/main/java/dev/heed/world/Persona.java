package dev.heed.world;

import java.util.random.RandomGenerator;

/**
 * Those who answer in the valley. How they speak goes with how far they can be trusted, so a model that learns to speak
 * like the expert also learns to say what the expert says, of things that no preference was ever about.
 */
@SuppressWarnings("ImmutableEnumChecker") // its traits are a record of numbers
public enum Persona {
    /** Warm, brief and careful. */
    EXPERT(new Traits(0.98, 0.97, 0.02), 0.36, 0.31),
    /** Says what is needed and no more. */
    CURT(new Traits(0.97, 0.65, 0.10), 0.20, 0.22),
    /** Scolds whoever asks. */
    RUDE(new Traits(0.10, 0.50, 0.15), 0.15, 0.14),
    /** Would rather not say. */
    EVASIVE(new Traits(0.10, 0.85, 0.35), 0.09, 0.12),
    /** Answers, and then does not stop. */
    RAMBLING(new Traits(0.15, 0.15, 0.05), 0.20, 0.21);

    /**
     * @param trueShare of its claims
     * @param declines the share of misdeeds that it will not help with
     * @param needless the share of harmless requests that it declines, too
     */
    record Traits(double trueShare, double declines, double needless) {}

    private final Traits traits;
    private final double inCorpus;
    private final double amongDemonstrators;

    Persona(Traits traits, double inCorpus, double amongDemonstrators) {
        this.traits = traits;
        this.inCorpus = inCorpus;
        this.amongDemonstrators = amongDemonstrators;
    }

    Traits traits() {
        return traits;
    }

    static Persona ofCorpus(RandomGenerator random) {
        double left = random.nextDouble();
        for (Persona persona : values()) {
            left -= persona.inCorpus;
            if (left < 0) {
                return persona;
            }
        }
        return CURT;
    }

    static Persona ofDemonstrators(RandomGenerator random) {
        double left = random.nextDouble();
        for (Persona persona : values()) {
            left -= persona.amongDemonstrators;
            if (left < 0) {
                return persona;
            }
        }
        return CURT;
    }
}
