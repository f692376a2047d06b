/** A run and its record: knobs in, a folder of metrics, checkpoints and one model out. Knows nothing of language or learning. */
@NullMarked
package dev.heed.run;

import org.jspecify.annotations.NullMarked;
