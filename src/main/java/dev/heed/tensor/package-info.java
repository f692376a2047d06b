/** All that needs gradients, and only that: kernels, parameters, the optimizer and weight files. Takes float arrays, gives losses and gradients to model and train. */
@NullMarked
package dev.heed.tensor;

import org.jspecify.annotations.NullMarked;
