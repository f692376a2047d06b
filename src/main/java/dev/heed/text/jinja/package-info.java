/** Jinja as chat templates use it: jinjava taught the Python that they speak, within limits. Gives text to text. */
@NullMarked
package dev.heed.text.jinja;

import org.jspecify.annotations.NullMarked;
