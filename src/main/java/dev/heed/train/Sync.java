package dev.heed.train;

import dev.heed.run.Knob;
import dev.heed.run.Knobs;

/**
 * How the reference of a direct method follows the policy (Gorbatovski et al. 2024, TR-DPO): every so many
 * steps it becomes α·π + (1 − α)·π_ref in its weights; softly with a share below 1, hard with 1.
 */
public record Sync(
        @Knob(value = "0", help = "steps after which the reference follows the policy; 0: it stays. TRL: 512")
                int syncEvery,
        @Knob(
                        value = "0.6",
                        help =
                                "share of the policy in the reference that follows it; 1: it becomes the policy. TRL: 0.6")
                double syncMix) {
    /** The reference stays as it is. */
    public static final Sync NEVER = new Sync(0, 0.6);

    public Sync {
        Knobs.atLeast("sync-every", syncEvery, 0);
        Knobs.above("sync-mix", syncMix, 0);
        Knobs.between("sync-mix", syncMix, 0, 1);
    }

    boolean follows() {
        return syncEvery > 0;
    }

    /** Whether it follows when this step, the first being 0, is done. */
    boolean after(long step) {
        return follows() && (step + 1) % syncEvery == 0;
    }
}
