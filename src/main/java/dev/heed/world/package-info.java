/**
 * The built-in world: facts, text about them, prompts, the gold judge and simulated labelers, all from one seed. Enters the
 * loop only as text, prompts and preferences.
 *
 * <pre>
 * Facts ──► Scribe: documents ◄── Speaker as a Persona ◄── Task ◄──► prompt text
 *   │                                                        │
 *   └────────────► GoldJudge ◄── Grammar ◄── completion ◄────┘        GoldJudge ──► SimulatedLabeler: preferences
 * </pre>
 *
 * <p>One grammar writes and reads: what it can say it can judge, and what it cannot read is no good answer here.
 */
@NullMarked
package dev.heed.world;

import org.jspecify.annotations.NullMarked;
