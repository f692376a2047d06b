package dev.heed.train;

/** What the settings of all methods have in common that write several completions of each prompt and learn from those. */
interface Grouped extends Online {
    /** Prompts a step. */
    int prompts();

    /** Completions a prompt. */
    int completions();

    @Override
    default long sampled() {
        return (long) steps() * prompts() * completions();
    }

    /** Passes over what a step has to teach. */
    int epochs();

    /** Optimizer updates a pass. */
    int minibatches();

    /** Peak learning rate; decays linearly to 0. */
    double lr();

    /** Share of the steps that warm up. */
    double warmup();

    double maxGradNorm();

    /** Steps from one checkpoint to the next. */
    int checkpointEvery();
}
