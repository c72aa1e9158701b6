/**
 * Trains the image tokenizer: {@code VqEncoder}, {@code VectorQuantizer} and {@code VqDecoder} of
 * the model, from pixels to pixels.
 *
 * <p>The reference takes its tokenizer ready-made from LlamaGen (arXiv 2406.06525), whose training
 * also has a perceptual and an adversarial term. Both need networks that cannot be had here, so
 * pixels and their differences take their place; this suits flat drawings.
 */
@NullMarked
package org.omnimamba.training.vq;

import org.jspecify.annotations.NullMarked;
