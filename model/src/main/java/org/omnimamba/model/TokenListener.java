package org.omnimamba.model;

import org.omnimamba.model.generation.GeneratedToken;

/** Watches one generation. Called by the generating thread. */
@FunctionalInterface
public interface TokenListener {
  /** A listener that does nothing. */
  TokenListener NONE = token -> {};

  /** Called once for each token, in order. An exception from here ends the generation. */
  void onToken(GeneratedToken token);

  /**
   * Asked before each step; {@code true} ends the sequence as {@link
   * org.omnimamba.model.generation.FinishReason#CANCELLED}.
   */
  default boolean cancelled() {
    return false;
  }
}
