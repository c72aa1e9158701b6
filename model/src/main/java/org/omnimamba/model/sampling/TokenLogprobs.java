package org.omnimamba.model.sampling;

import java.util.List;

/**
 * Log-probabilities of one step, from the softmax of the raw logits: before penalty, temperature
 * and filters.
 *
 * @param chosen of the chosen token
 * @param top the most probable tokens, best first
 */
public record TokenLogprobs(double chosen, List<Candidate> top) {
  public TokenLogprobs {
    top = List.copyOf(top);
  }

  /**
   * A token and its log-probability.
   *
   * @param id token id
   * @param logprob natural logarithm of its probability
   */
  public record Candidate(int id, double logprob) {}
}
