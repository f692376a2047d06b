package dev.heed.model;

import dev.heed.run.UserError;

/**
 * One dial: from the width follows the rest of a new model's shape, without a jump, or laws fitted to small models would foretell
 * the jumps' continuation. Heads are 8 channels wide in every model and together as wide as it; the feed-forward part has 8/3 of
 * the width (Touvron et al. 2023); there is a layer for each 128 channels, and never less than two.
 *
 * @param width C, a multiple of 8
 * @param intermediate F, a multiple of 8
 */
public record Dial(int width, int layers, int heads, int intermediate) {
    /** The width at which all parametrisations have one learning rate. */
    public static final int BASE = 64;

    /** Channels of a head. */
    public static final int HEAD = 8;

    /** Widths are multiples of it. */
    public static final int STEP = HEAD;

    private static final int CHANNELS_A_LAYER = 128;
    private static final int NARROWEST = STEP;
    private static final int WIDEST = 4096;

    /** @throws UserError if it is no multiple of 8 from 8 to 4,096 */
    public static Dial of(int width) {
        if (width < NARROWEST || width > WIDEST || width % STEP != 0) {
            throw new UserError("a dialled width must be a multiple of %d from %d to %d, was %d"
                    .formatted(STEP, NARROWEST, WIDEST, width));
        }
        return new Dial(width, Math.max(2, width / CHANNELS_A_LAYER), width / HEAD, (8 * width / 3 + 4) / 8 * 8);
    }
}
