/**
 * Heed: people's preferences into a better language model, on one machine, measured.
 *
 * <pre>
 * prompts ─sample─► completions ─pair─► comparisons ─people or simulated labelers─► preferences
 *    ▲                                                                                  │
 *    │                                                                             reward model
 *  next round                                                                           │
 *    └───────────── evaluation ◄───────── policy ◄──────────── PPO ◄────────────────────┘
 * </pre>
 *
 * <p>Packages, each using only earlier ones: run, feedback, text, world, tensor, model, sample, eval, train, db, web;
 * then this one, which wires them. Letters: B batch, T tokens, V vocabulary, C channels, H heads, K completions a
 * prompt. Units: nats, tokens, seconds.
 */
@NullMarked
package dev.heed;

import org.jspecify.annotations.NullMarked;
