package org.omnimamba.inference.api;

import java.util.concurrent.ThreadLocalRandom;

/** Names for requests and answers: unlike one another, not secret, made without blocking. */
public final class RandomIds {
  private RandomIds() {}

  /** A new id of 128 random bits after a prefix. */
  public static String next(String prefix) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "%s%016x%016x".formatted(prefix, random.nextLong(), random.nextLong());
  }
}
