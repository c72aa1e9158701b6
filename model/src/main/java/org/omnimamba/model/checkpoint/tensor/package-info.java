/**
 * What every format has in common: a {@link org.omnimamba.model.checkpoint.tensor.TensorSource} is
 * a set of named tensors, each with a type and a shape, whose bytes are read on demand; sources can
 * be overlaid. Matrices that a file holds in int8 appear as their values in float32, and can be
 * read as codes and scales too. Beside it are the conversions between float formats and the checked
 * reading of files.
 */
@NullMarked
package org.omnimamba.model.checkpoint.tensor;

import org.jspecify.annotations.NullMarked;
