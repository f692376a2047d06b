package dev.heed.world;

/**
 * A statement about the world, true or not.
 *
 * @param subject a noun of the relation's sort, or {@link #IT} where the sentence leaves it to what came before
 */
public record Fact(String subject, Relation relation, String value) {
    /** The pronoun. */
    static final String IT = "it";

    /** The same statement about something named. */
    Fact about(String named) {
        return new Fact(named, relation, value);
    }
}
