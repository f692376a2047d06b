package dev.heed;

import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.sample.Decoding;

/** What is the same for all models that are compared with each other. */
record Alike(
        @Knob(value = "3", help = "times that each model learns") int seeds,
        @Knob(value = "sft", label = "MODEL", help = "run or folder of the model that all start from") String policy,
        @Knob(value = "0.6", help = "sampling temperature, the same everywhere") double temperature,
        @Knob(value = "48", help = "longest completion, tokens") int maxTokens,
        @Knob(value = "200", help = "held-out prompts in the exam") int examPrompts) {
    Alike {
        Knobs.between("seeds", seeds, 1, 20);
        Knobs.above("temperature", temperature, 0);
        Knobs.atLeast("max-tokens", maxTokens, 4);
        Knobs.atLeast("exam-prompts", examPrompts, 10);
    }

    Decoding decoding() {
        return Decoding.at(temperature, maxTokens);
    }
}
