package dev.heed.feedback;

/**
 * What a team works on.
 *
 * @param id 1 is the loop's own
 * @param open whether labelers are asked
 * @param guideline the latest version; 0 where there is none
 */
public record Campaign(long id, String name, boolean open, Plan plan, int guideline) {
    /** The campaign of comparisons that belong to no other. */
    public static final long LOOP = 1;
}
