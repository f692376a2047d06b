/** Text to ids and back: tokenizer, chat template, corpora, and the files of other tools. Gives ids to model and sample. */
@NullMarked
package dev.heed.text;

import org.jspecify.annotations.NullMarked;
