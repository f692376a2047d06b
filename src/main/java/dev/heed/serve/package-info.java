/**
 * Models for programs and for pages: loaded at their first question, kept while memory lasts, each answering all who ask
 * at the same time together. Takes questions from web, asks sample and model.
 */
@NullMarked
package dev.heed.serve;

import org.jspecify.annotations.NullMarked;
