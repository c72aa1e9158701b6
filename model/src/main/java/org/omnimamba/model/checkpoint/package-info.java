/**
 * Model files: safetensors in and out, conversion of PyTorch's {@code .pth}, and the check that a
 * checkpoint holds exactly the tensors its configuration asks for.
 *
 * <p>Everything read here is untrusted. Sizes are checked before memory is taken for them, a pickle
 * is interpreted by an allow-list and never executes anything, and every refusal is a {@link
 * org.omnimamba.model.checkpoint.CheckpointException} whose message names file and reason. Tensors
 * are streamed, so that a checkpoint larger than memory can be converted.
 */
@NullMarked
package org.omnimamba.model.checkpoint;

import org.jspecify.annotations.NullMarked;
