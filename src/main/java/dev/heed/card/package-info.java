/** Report cards: reads what runs, snapshots and evaluations left in a home, gives it to eval.report as one record. */
@NullMarked
package dev.heed.card;

import org.jspecify.annotations.NullMarked;
