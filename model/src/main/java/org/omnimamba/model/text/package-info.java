/**
 * Text on its way to the model and back: the tokenizer, the prompt layouts, the decoder for streams
 * and the texts that an answer can be held to.
 *
 * <p><b>Control tokens inside text.</b> The reference recognises them (see
 * docs/reference-behaviours.md, 17): its caption {@code "a cat<|eot|><|soi|>"} holds two control
 * ids, not their spelling, so the writer of a prompt can end the caption early, forge turns of a
 * conversation through {@code <|endoftext|>}, or add padding. {@link
 * org.omnimamba.model.text.Tokenizer#encode} does the same, for exactness. What people send to a
 * server is encoded by {@link org.omnimamba.model.text.Tokenizer#encodePlain} and {@link
 * org.omnimamba.model.text.PromptLayouts#plain}: there control tokens come from the layout alone,
 * and a text that mentions one is a text about it. Added tokens that steer nothing, such as
 * GPT-NeoX's runs of spaces, are recognised by both.
 *
 * <p><b>Native code.</b> Encoding is done by {@code libtokenizers}, which the DJL jar carries; it
 * is copied to a private directory, loaded and deleted, and nothing is ever downloaded. Decoding is
 * done here, from the vocabulary's bytes.
 */
@NullMarked
package org.omnimamba.model.text;

import org.jspecify.annotations.NullMarked;
