/**
 * Commands that a lead started from a page: a queue of them, each a process of its own that outlives the server. Takes
 * orders from web, and from the root which commands there are; runs call for people's labels through the server.
 */
@NullMarked
package dev.heed.jobs;

import org.jspecify.annotations.NullMarked;
