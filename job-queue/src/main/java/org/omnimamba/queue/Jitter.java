package org.omnimamba.queue;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Chance for waits, so that processes do not march in step. */
final class Jitter {
  /** May be used by all threads at once, which the platform's default generator may not. */
  static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private Jitter() {}
}
