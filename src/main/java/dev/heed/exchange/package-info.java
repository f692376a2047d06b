/**
 * What people said, to files and from files, of Heed and of other tools: a table of shapes to write, a table of formats to
 * read. Takes rows from db and text, gives them to the commands and, through its interface of web, to leads.
 */
@NullMarked
package dev.heed.exchange;

import org.jspecify.annotations.NullMarked;
