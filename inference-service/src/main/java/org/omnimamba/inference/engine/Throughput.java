package org.omnimamba.inference.engine;

import java.time.Duration;

/**
 * Measured speed of the engine: tokens, of prompts and of completions, per second of busy time.
 * Older measurements fade with a half-life, so the figure follows the load. Written by the engine
 * thread, read by any.
 */
final class Throughput {
  private static final double HALF_LIFE_SECONDS = 10;

  private double tokens;
  private double seconds;

  synchronized void add(long newTokens, long nanos) {
    if (nanos <= 0) {
      return;
    }
    double elapsed = nanos / 1e9;
    double fade = Math.pow(0.5, elapsed / HALF_LIFE_SECONDS);
    tokens = tokens * fade + newTokens;
    seconds = seconds * fade + elapsed;
  }

  /** Tokens per second; zero before the first measurement. */
  synchronized double tokensPerSecond() {
    return seconds > 0 ? tokens / seconds : 0;
  }

  /** Time that so many tokens take, in whole seconds and at least one. */
  Duration timeFor(double tokenCount) {
    double rate = tokensPerSecond();
    if (rate <= 0) {
      return Duration.ofSeconds(1);
    }
    return Duration.ofSeconds(Math.max(1, (long) Math.ceil(tokenCount / rate)));
  }
}
