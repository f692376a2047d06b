/**
 * How strong players are that met in pairs: games in, strengths and ratings with intervals out. Pure functions, for whatever
 * compares models: the tables of evaluation, and the arena of the server.
 */
@NullMarked
package dev.heed.rating;

import org.jspecify.annotations.NullMarked;
