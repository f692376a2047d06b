package dev.heed.feedback;

/** What a person may do; each role includes those before it. */
public enum Role {
    /** Reads what became of the labels. */
    VIEWER,
    /** Labels. */
    LABELER,
    /** Makes campaigns, sees everyone's labels, starts runs. */
    LEAD,
    /** Decides who may do what. */
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
