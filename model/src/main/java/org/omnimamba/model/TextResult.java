package org.omnimamba.model;

import java.util.List;
import org.omnimamba.model.generation.FinishReason;

/**
 * A generated text.
 *
 * @param tokens the generated ids, the end-of-text id included
 * @param text what they say, without special tokens and up to a stop string
 * @param finishReason why it ended
 * @param timings where the time went
 */
public record TextResult(
    List<Integer> tokens, String text, FinishReason finishReason, GenerationTimings timings) {
  public TextResult {
    tokens = List.copyOf(tokens);
  }
}
