/**
 * A small language of tiles in which GPU kernels are written; knows no model. {@link
 * org.omnimamba.model.kernel.tile.KernelBuilder} records instructions, {@link
 * org.omnimamba.model.kernel.tile.TritonText} prints them as Triton's intermediate representation,
 * which XLA compiles.
 */
@NullMarked
package org.omnimamba.model.kernel.tile;

import org.jspecify.annotations.NullMarked;
