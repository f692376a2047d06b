/**
 * Exams: questions from text put to a model, its answers marked, and what its probabilities are worth. Gives results to
 * report, and asks the root for judges of free answers.
 */
@NullMarked
package dev.heed.eval.exam;

import org.jspecify.annotations.NullMarked;
