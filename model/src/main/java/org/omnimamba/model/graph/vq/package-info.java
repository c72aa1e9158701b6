/** Blocks of the image tokenizer: encoder, codebook and decoder of a VQ model. */
@NullMarked
package org.omnimamba.model.graph.vq;

import org.jspecify.annotations.NullMarked;
