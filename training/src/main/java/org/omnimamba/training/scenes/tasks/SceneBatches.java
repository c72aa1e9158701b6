package org.omnimamba.training.scenes.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.Collator;

/**
 * Batches of examples of which no two are alike: example {@code n} of a run is a pure function of
 * the run's seed and {@code n}.
 *
 * @param <T> an example
 */
final class SceneBatches<T> implements BatchSource {
  private static final long STRIDE = 0x9E3779B97F4A7C15L;

  private final Function<RandomGenerator, T> example;
  private final Collator<T> collator;
  private final int batchSize;
  private final long seed;

  SceneBatches(
      Function<RandomGenerator, T> example, Collator<T> collator, int batchSize, long seed) {
    this.example = example;
    this.collator = collator;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  @Override
  public Batch batch(long step) {
    List<T> rows = new ArrayList<>(batchSize);
    for (int row = 0; row < batchSize; row++) {
      long number = step * batchSize + row;
      // split, because generators of neighbouring seeds begin alike
      rows.add(example.apply(new SplittableRandom(seed ^ (number + 1) * STRIDE).split()));
    }
    return collator.collate(rows);
  }
}
