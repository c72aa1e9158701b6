package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.chat.ChatCompletion.TokenLogprob;
import org.omnimamba.inference.chat.ChatCompletion.TopLogprob;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.sampling.TokenLogprobs;
import org.omnimamba.model.text.Tokenizer;

/**
 * Log-probabilities in OpenAI's shape, with each token's text and bytes. The end token has none: it
 * is no part of the answer's content.
 */
final class LogprobsWriter {
  private final Tokenizer tokenizer;

  private final int endOfText;

  /**
   * @param endOfText id of the end token
   */
  LogprobsWriter(Tokenizer tokenizer, int endOfText) {
    this.tokenizer = tokenizer;
    this.endOfText = endOfText;
  }

  /** What is told of a token; null if nothing is. */
  @Nullable TokenLogprob write(GeneratedToken token) {
    TokenLogprobs logprobs = token.logprobs();
    int id = token.id();
    if (logprobs == null || id == endOfText) {
      return null;
    }
    List<TopLogprob> top = new ArrayList<>();
    for (TokenLogprobs.Candidate candidate : logprobs.top()) {
      top.add(new TopLogprob(text(candidate.id()), candidate.logprob(), bytes(candidate.id())));
    }
    return new TokenLogprob(text(id), logprobs.chosen(), bytes(id), top);
  }

  /** A token that is a part of a character shows its bytes, as OpenAI writes them. */
  private String text(int id) {
    String text = tokenizer.textOf(id);
    if (text != null) {
      return text;
    }
    StringBuilder hex = new StringBuilder("bytes:");
    for (byte b : tokenizer.bytes(id)) {
      hex.append("\\x%02x".formatted(b & 0xff));
    }
    return hex.toString();
  }

  private List<Integer> bytes(int id) {
    List<Integer> values = new ArrayList<>();
    for (byte b : tokenizer.bytes(id)) {
      values.add(b & 0xff);
    }
    return values;
  }
}
