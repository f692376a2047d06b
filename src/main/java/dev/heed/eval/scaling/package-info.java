/** Losses of small runs in, the loss of a large one out: laws, their fits, predictions and grades, on plain numbers alone. */
@NullMarked
package dev.heed.eval.scaling;

import org.jspecify.annotations.NullMarked;
