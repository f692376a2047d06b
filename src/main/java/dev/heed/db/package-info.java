/** Memory: append-only preferences in H2 with a journal beside it, and the snapshots that training reads. Sees only run and feedback. */
@NullMarked
package dev.heed.db;

import org.jspecify.annotations.NullMarked;
