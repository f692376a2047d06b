/**
 * The ladder: plans small runs and a large one, trains them, several processes side by side, and measures what they reach. Takes
 * text from the root; gives eval.scaling what it foretells from.
 */
@NullMarked
package dev.heed.scale;

import org.jspecify.annotations.NullMarked;
