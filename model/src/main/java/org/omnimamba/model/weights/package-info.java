/**
 * The parameters of a model as variables of a program: a {@link
 * org.omnimamba.model.weights.ParameterStore} knows which variable holds which tensors of the
 * checkpoint. Equal tensors of all layers may be stacked into one variable, because a launch on an
 * accelerator costs time for each variable.
 *
 * <p>Weights are read one tensor (or one stack of layers) at a time into the memory that becomes
 * the variable; nothing else of their size is allocated, except for the projected table of image
 * tokens, made first. On an accelerator, host memory holds one such tensor at a time.
 */
@NullMarked
package org.omnimamba.model.weights;

import org.jspecify.annotations.NullMarked;
