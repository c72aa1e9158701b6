/**
 * Hand-written kernels of a decode step for NVIDIA GPUs, and the small language of tiles in which
 * they are written: {@link org.omnimamba.model.kernel.KernelBuilder} records instructions, {@link
 * org.omnimamba.model.kernel.TritonText} prints them as Triton's intermediate representation, which
 * XLA compiles and calls inside the step's program.
 *
 * <p>One layer takes three kernels: {@link org.omnimamba.model.kernel.ProjectionKernel} twice
 * ({@code in_proj} and {@code out_proj}) and {@link org.omnimamba.model.kernel.StateKernel} between
 * them. Left to itself, XLA makes thirteen of it.
 */
@NullMarked
package org.omnimamba.model.kernel;

import org.jspecify.annotations.NullMarked;
