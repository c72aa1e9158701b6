/**
 * Trains a byte-level BPE tokenizer and writes it as the {@code tokenizer.json} that {@link
 * org.omnimamba.model.text.Tokenizer} reads: GPT-NeoX-20B's pipeline (NFC, the pattern of GPT-2,
 * bytes as the alphabet) with a vocabulary of one's own.
 */
@NullMarked
package org.omnimamba.training.bpe;

import org.jspecify.annotations.NullMarked;
