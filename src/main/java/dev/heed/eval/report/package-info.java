/** Verdicts in, one page that a person enjoys reading out: self-contained HTML with plots as inline SVG. */
@NullMarked
package dev.heed.eval.report;

import org.jspecify.annotations.NullMarked;
