/**
 * TensorFlow building blocks of the model, one class each. A block adds operations to a graph and
 * holds nothing; the same blocks serve inference, compiled or not, and training.
 *
 * <p>Here is what all blocks need; the parts of the model, which know nothing of one another, are
 * {@link org.omnimamba.model.graph.mamba}, {@link org.omnimamba.model.graph.vision} and {@link
 * org.omnimamba.model.graph.vq}.
 */
@NullMarked
package org.omnimamba.model.graph;

import org.jspecify.annotations.NullMarked;
