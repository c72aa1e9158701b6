/**
 * TensorFlow building blocks of the model, one class each. A block adds operations to a graph and
 * holds nothing; the same blocks serve inference, compiled or not, and training.
 */
@NullMarked
package org.omnimamba.model.graph;

import org.jspecify.annotations.NullMarked;
