/** Prompts in, completions out. Takes ids from text, gives them to train and, through the database, to people. */
@NullMarked
package dev.heed.sample;

import org.jspecify.annotations.NullMarked;
