package dev.heed.scale;

import dev.heed.eval.scaling.Spent;

/**
 * One run of a plan.
 *
 * @param run its name
 * @param batch rows an update
 * @param onLine whether its tokens are in the plan's proportion to its parameters
 * @param seconds by which it is expected to make all of it longer on this machine, beside other runs of a ladder
 */
public record Planned(
        String run, int width, int batch, int steps, long seed, boolean onLine, Spent spent, double seconds) {}
