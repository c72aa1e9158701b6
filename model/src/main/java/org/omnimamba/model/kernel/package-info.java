/**
 * Hand-written kernels of the language model for NVIDIA GPUs, in the language of {@link
 * org.omnimamba.model.kernel.tile}; XLA compiles them and calls them inside its program.
 *
 * <p>A decode step begins with {@link org.omnimamba.model.kernel.EmbeddingKernel} and ends with
 * {@link org.omnimamba.model.kernel.ProjectionKernel#logits} and {@link
 * org.omnimamba.model.kernel.DrawKernel}. One layer takes three kernels, {@link
 * org.omnimamba.model.kernel.ProjectionKernel} twice ({@code in_proj} and {@code out_proj}) and
 * {@link org.omnimamba.model.kernel.StateKernel} between them, in large batches with {@link
 * org.omnimamba.model.kernel.ActivationKernel} before it. Left to itself, XLA makes thirteen of a
 * layer.
 *
 * <p>A layer of a prompt's piece takes six: {@link
 * org.omnimamba.model.kernel.PromptProjectionKernel} for the adapter, {@code in_proj} and {@code
 * out_proj}, between them {@link org.omnimamba.model.kernel.PromptConvKernel}, {@link
 * org.omnimamba.model.kernel.PromptStateKernel} and {@link
 * org.omnimamba.model.kernel.PromptOutputKernel}. XLA makes about forty.
 */
@NullMarked
package org.omnimamba.model.kernel;

import org.jspecify.annotations.NullMarked;
