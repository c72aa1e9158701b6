package org.omnimamba.inference.api;

import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;

/** What the engine reports of one request, as an element of a stream. */
public sealed interface GenerationEvent {
  /** Which of the request's sequences this is about. */
  int index();

  /** One more token. */
  record Token(int index, GeneratedToken token) implements GenerationEvent {}

  /** An unfinished picture. */
  record PartialPicture(int index, int partial, RgbImage image) implements GenerationEvent {}

  /** A finished picture. */
  record Picture(int index, RgbImage image) implements GenerationEvent {}
}
