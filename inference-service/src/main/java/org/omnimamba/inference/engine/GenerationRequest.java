package org.omnimamba.inference.engine;

import java.time.Duration;
import java.util.List;
import org.omnimamba.model.generation.TokenSequence;

/**
 * One prompt and the sequences to generate from it.
 *
 * @param id for logs
 * @param requester for whom
 * @param prompt shared by all sequences; prefilled once
 * @param sequences one or more, each with its own sampling and stop rules; the engine owns them
 *     from now on
 * @param maxTokens the most tokens that one of the sequences generates; a T2I sequence generates
 *     exactly as many
 * @param partialImages unfinished pictures to show of each T2I sequence
 * @param timeout time from submission after which the request fails
 */
public record GenerationRequest(
    String id,
    Requester requester,
    PromptInput prompt,
    List<TokenSequence> sequences,
    int maxTokens,
    int partialImages,
    Duration timeout) {
  public GenerationRequest {
    sequences = List.copyOf(sequences);
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("a request needs a sequence");
    }
  }

  /** Tokens the request may cost: its prompt and every completion at its longest. */
  public long reservedTokens() {
    return prompt.tokens() + (long) maxTokens * sequences.size();
  }
}
