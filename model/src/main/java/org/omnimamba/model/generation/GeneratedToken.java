package org.omnimamba.model.generation;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.sampling.TokenLogprobs;

/**
 * One step of a sequence.
 *
 * @param index its place among the generated ids, from 0
 * @param id the id, of a text token or an image token
 * @param text the text that became certain with it, often the token's own, sometimes empty or more;
 *     empty for image tokens
 * @param logprobs log-probabilities, if they were asked for
 * @param finishReason why the sequence ended with this token; null while it goes on
 */
public record GeneratedToken(
    int index,
    int id,
    String text,
    @Nullable TokenLogprobs logprobs,
    @Nullable FinishReason finishReason) {}
