/**
 * Which tensors, of which shapes, a configuration asks for, and the random values with which a new
 * model begins. A checkpoint that lacks one, or holds another, is refused before anything is
 * loaded.
 */
@NullMarked
package org.omnimamba.model.checkpoint.schema;

import org.jspecify.annotations.NullMarked;
