/** People: the labeling page and its API. Sees only run, feedback and db, so that it starts without native libraries. */
@NullMarked
package dev.heed.web;

import org.jspecify.annotations.NullMarked;
