/**
 * How far labels can be trusted: comparisons and preferences in; agreement, each labeler's habits and a consensus out, with
 * intervals. Pure functions, fast enough to be asked while people label. Interval and Bootstrap serve whoever estimates.
 */
@NullMarked
package dev.heed.quality;

import org.jspecify.annotations.NullMarked;
