package dev.heed;

import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.sample.Decoding;

/** How completions are drawn; without filters, as what they cut off would bias what is learned. */
record Sampling(
        @Knob(value = "1.0", help = "divides the logits, the same everywhere; 0 takes the likeliest token")
                double temperature,
        @Knob(value = "48", help = "longest completion") int maxTokens) {
    Sampling {
        Knobs.atLeast("temperature", temperature, 0);
        Knobs.atLeast("max-tokens", maxTokens, 1);
    }

    Decoding decoding() {
        return Decoding.at(temperature, maxTokens);
    }
}
