package org.omnimamba.training.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Batches of shuffled examples. Batches run across the ends of epochs, so every batch is full and
 * every example comes once an epoch.
 *
 * @param <T> an example
 */
public final class ShuffledBatches<T> implements BatchSource {
  private final Examples<T> examples;
  private final Collator<T> collator;
  private final int batchSize;
  private final EpochOrder order;

  /**
   * @throws InvalidDataException if there are no examples
   */
  public ShuffledBatches(Examples<T> examples, Collator<T> collator, int batchSize, long seed) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("a batch of " + batchSize);
    }
    this.examples = examples;
    this.collator = collator;
    this.batchSize = batchSize;
    this.order = new EpochOrder(seed, examples.count());
  }

  @Override
  public Batch batch(long step) {
    List<T> rows = new ArrayList<>(batchSize);
    for (int row = 0; row < batchSize; row++) {
      long position = step * batchSize + row;
      rows.add(examples.example(order.indexAt(position), order.randomAt(position)));
    }
    return collator.collate(rows);
  }
}
