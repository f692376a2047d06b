package dev.heed.eval.exam;

/** How the log-probabilities of options are compared. */
public enum Way {
    /** As they are: the likeliest text wins, and short ones are favoured. */
    PLAIN,
    /** For each byte of the option's text: length no longer counts (the "acc_norm" of EleutherAI's harness). */
    PER_BYTE,
    /**
     * Against what the option has without its question: what is often said no longer counts. Sources: Brown et al. 2020,
     * section 2.4; Holtzman et al. 2021, arXiv:2104.08315.
     */
    LIFT
}
