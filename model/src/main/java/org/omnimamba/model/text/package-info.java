/**
 * Text on its way to the model and back: the tokenizer, the prompt layouts and the decoder for
 * streams.
 *
 * <p><b>Special tokens inside user text are recognised</b>, because the reference recognises them
 * (behaviour 17): a caption {@code "a cat<|eot|><|soi|>"} holds two control ids, not their
 * spelling. So whoever writes a prompt can end the caption early, forge turns of a conversation
 * through {@code <|endoftext|>}, or add padding. All of it stays inside that writer's own sequence:
 * the state of a sequence is its own, and neither task reads anything outside its prompt. But a
 * program that puts text of its own around a user's text must not take the layout for a border of
 * trust.
 *
 * <p><b>Native code.</b> Encoding is done by {@code libtokenizers}, which the DJL jar carries; it
 * is copied to a private directory, loaded and deleted, and nothing is ever downloaded. Decoding is
 * done here, from the vocabulary's bytes.
 */
@NullMarked
package org.omnimamba.model.text;

import org.jspecify.annotations.NullMarked;
