/** The words as plain records: what is asked of people and what they answer. The contract between labeling and learning. */
@NullMarked
package dev.heed.feedback;

import org.jspecify.annotations.NullMarked;
