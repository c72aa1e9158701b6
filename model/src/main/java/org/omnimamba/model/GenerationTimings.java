package org.omnimamba.model;

import java.time.Duration;

/**
 * Where the time of one generation went.
 *
 * @param prepare embedding of the prompt, vision towers included
 * @param prefill feeding the prompt
 * @param decode all steps after it, drawing of tokens included
 * @param picture from image tokens to pixels; zero for text
 */
public record GenerationTimings(
    Duration prepare, Duration prefill, Duration decode, Duration picture) {

  public Duration total() {
    return prepare.plus(prefill).plus(decode).plus(picture);
  }

  GenerationTimings withPicture(Duration value) {
    return new GenerationTimings(prepare, prefill, decode, value);
  }
}
