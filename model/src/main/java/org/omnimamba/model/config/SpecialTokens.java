package org.omnimamba.model.config;

/**
 * Ids of the tokens that the prompt layouts use, called as in the reference.
 *
 * @param eos {@code <|endoftext|>}: begin, end and unknown at once
 * @param pad {@code [PAD]}
 * @param soi {@code <|soi|>}, start of image
 * @param eoi {@code <|eoi|>}, end of image
 * @param sot {@code <|sot|>}, start of text
 * @param eot {@code <|eot|>}, end of text
 * @param t2i {@code <|t2i|>}, opens a text-to-image prompt
 * @param mmu {@code <|mmu|>}, opens an understanding prompt
 */
public record SpecialTokens(
    int eos, int pad, int soi, int eoi, int sot, int eot, int t2i, int mmu) {}
