/**
 * What every format has in common: a {@link org.omnimamba.model.checkpoint.tensor.TensorSource} is
 * a set of named tensors, each with a type and a shape, whose bytes are read on demand; sources can
 * be overlaid. Beside it are the conversions between float formats and the checked reading of
 * files.
 */
@NullMarked
package org.omnimamba.model.checkpoint.tensor;

import org.jspecify.annotations.NullMarked;
