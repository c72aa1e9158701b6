package org.omnimamba.inference.engine;

import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;

/**
 * Hears what becomes of a request, one call after the other, on a thread that all requests share:
 * implementations must return at once and never block. If one throws, its request ends. The last
 * call is {@link #onCompleted} or {@link #onFailed}, exactly one of them.
 */
public interface RequestListener {

  /**
   * The prompt has been read; the first token follows.
   *
   * @param cachedTokens positions of it that did not have to be read, because the state after its
   *     picture was kept
   */
  default void onPrompt(int cachedTokens) {}

  /** A sequence has one more token. */
  void onToken(int index, GeneratedToken token);

  /** An unfinished picture. {@code partial} counts from zero; some may be left out. */
  default void onPartialImage(int index, int partial, RgbImage image) {}

  /** The picture of a finished T2I sequence. */
  default void onImage(int index, RgbImage image) {}

  /** Every sequence has finished and every picture has been delivered. */
  void onCompleted();

  /** The request ended early; what was delivered before stays valid. */
  void onFailed(EngineException failure);
}
