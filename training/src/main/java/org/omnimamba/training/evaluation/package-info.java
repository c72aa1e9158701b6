/**
 * How well a trained model draws and sees.
 *
 * <p>Measured are
 *
 * <ul>
 *   <li>the image tokenizer: PSNR of pictures that went through their tokens and back;
 *   <li>understanding (MMU): how often the greedy answer to "what is this?" is exactly the
 *       picture's name, for pairs of concept and style that were trained on, for pairs that were
 *       held out, and for a style that training never saw;
 *   <li>drawing (T2I): pictures drawn from captions are looked up among all real pictures, by the
 *       towers' mean features and by pixels. Counted is how often the nearest one, or one of the
 *       five nearest, shows the asked concept, and how often the nearest one has the asked style.
 * </ul>
 *
 * Everything runs through the runtime that serves the model, in batches of slots.
 */
@NullMarked
package org.omnimamba.training.evaluation;

import org.jspecify.annotations.NullMarked;
