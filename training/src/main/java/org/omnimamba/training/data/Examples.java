package org.omnimamba.training.data;

import java.util.random.RandomGenerator;

/**
 * What batches are made of. Safe for use by several threads.
 *
 * @param <T> an example
 */
public interface Examples<T> {
  /** How many there are in an epoch; at least one. */
  int count();

  /**
   * One example.
   *
   * @param index from 0 to {@code count() - 1}
   * @param random numbers of this example in this epoch, for words that change; the same numbers
   *     must give the same example
   */
  T example(int index, RandomGenerator random);
}
