/** Fixed work, timed: takes what train and sample do, gives rates to compare from one version or machine to another. */
@NullMarked
package dev.heed.bench;

import org.jspecify.annotations.NullMarked;
