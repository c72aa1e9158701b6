/**
 * The objectives of the paper's stages, over the model's own blocks, and the tasks that
 * configurations name: drawing (T2I), understanding (MMU), both together, and plain text.
 */
@NullMarked
package org.omnimamba.training.objective;

import org.jspecify.annotations.NullMarked;
