package org.omnimamba.inference.api;

import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;

/** What the engine reports of one request, as an element of a stream. */
public sealed interface GenerationEvent {
  /**
   * The prompt has been read; comes first.
   *
   * @param cachedTokens positions that did not have to be read
   */
  record PromptRead(int cachedTokens) implements GenerationEvent {}

  /** One more token of the request's sequence {@code index}. */
  record Token(int index, GeneratedToken token) implements GenerationEvent {}

  /** An unfinished picture. */
  record PartialPicture(int index, int partial, RgbImage image) implements GenerationEvent {}

  /** A finished picture. */
  record Picture(int index, RgbImage image) implements GenerationEvent {}
}
