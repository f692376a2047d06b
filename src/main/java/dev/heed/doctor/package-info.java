/** A model, a tokenizer and preferences in; what is wrong with them, what that means and what to do out. */
@NullMarked
package dev.heed.doctor;

import org.jspecify.annotations.NullMarked;
