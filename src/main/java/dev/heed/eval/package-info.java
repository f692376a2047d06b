/** A model judged: win rates, calibration, divergence and their intervals. Never imports train. */
@NullMarked
package dev.heed.eval;

import org.jspecify.annotations.NullMarked;
