/** The network: a Llama-layout Transformer with a language, score or value head. Ids in; log-probabilities, scores and values out. */
@NullMarked
package dev.heed.model;

import org.jspecify.annotations.NullMarked;
