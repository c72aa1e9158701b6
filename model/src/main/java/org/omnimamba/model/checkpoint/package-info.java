/**
 * Model files: a {@link org.omnimamba.model.checkpoint.Checkpoint} is an opened model directory; a
 * {@link org.omnimamba.model.checkpoint.CheckpointConverter} makes one from PyTorch's {@code .pth}.
 *
 * <p>Everything read here is untrusted. Sizes are checked before memory is taken for them, a pickle
 * is interpreted by an allow-list and never executes anything, and every refusal is a {@link
 * org.omnimamba.model.checkpoint.tensor.CheckpointException} whose message names file and reason.
 * Tensors are streamed, so that a checkpoint larger than memory can be converted.
 *
 * <p>Each format has a package of its own, {@link org.omnimamba.model.checkpoint.torch} and {@link
 * org.omnimamba.model.checkpoint.safetensors}; {@link org.omnimamba.model.checkpoint.schema} knows
 * which tensors a configuration asks for. All three stand on {@link
 * org.omnimamba.model.checkpoint.tensor} and know nothing of one another.
 */
@NullMarked
package org.omnimamba.model.checkpoint;

import org.jspecify.annotations.NullMarked;
