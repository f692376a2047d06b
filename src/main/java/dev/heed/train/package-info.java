/** Each algorithm one file: pretrain, sft, reward, ppo, grpo, rloo. Takes ids and preferences, gives a model and its metrics. */
@NullMarked
package dev.heed.train;

import org.jspecify.annotations.NullMarked;
