package org.omnimamba.training.data;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The order of examples through all epochs: each epoch is a permutation of its own, which depends
 * on the seed and the epoch alone. Safe for use by several threads.
 */
public final class EpochOrder {
  private static final long EPOCH_STRIDE = 0x9E3779B97F4A7C15L;
  private static final long EXAMPLE_STRIDE = 0xD1B54A32D192ED03L;

  private final long seed;
  private final int count;
  private int made;

  /**
   * The two epochs that threads work on around the end of one, by the parity of their number: a
   * permutation of a million is not made anew for each example.
   */
  private final AtomicReferenceArray<Epoch> epochs = new AtomicReferenceArray<>(2);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Epoch(long number, int[] order) {}

  /**
   * @param count examples in an epoch
   * @throws InvalidDataException if there are none
   */
  public EpochOrder(long seed, int count) {
    if (count < 1) {
      throw new InvalidDataException("there are no examples to train on");
    }
    this.seed = seed;
    this.count = count;
  }

  /** The epoch of a position in the endless row of examples. */
  public long epochOf(long position) {
    return position / count;
  }

  /** Index of the example at a position. */
  public int indexAt(long position) {
    return epoch(epochOf(position)).order()[(int) (position % count)];
  }

  private Epoch epoch(long number) {
    int slot = (int) (number & 1);
    @Nullable Epoch epoch = epochs.get(slot);
    return epoch != null && epoch.number() == number ? epoch : made(number, slot);
  }

  /** Threads that want the same new epoch wait for the first of them. */
  private synchronized Epoch made(long number, int slot) {
    @Nullable Epoch epoch = epochs.get(slot);
    if (epoch == null || epoch.number() != number) {
      epoch = shuffled(number);
      epochs.set(slot, epoch);
      made++;
    }
    return epoch;
  }

  /** How many permutations were made so far. */
  synchronized int made() {
    return made;
  }

  /** Random numbers of one example in one epoch. */
  public SplittableRandom randomAt(long position) {
    return new SplittableRandom(
        mixed(seed + epochOf(position) * EPOCH_STRIDE) ^ (indexAt(position) + 1) * EXAMPLE_STRIDE);
  }

  private Epoch shuffled(long number) {
    SplittableRandom random = new SplittableRandom(mixed(seed + number * EPOCH_STRIDE));
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return new Epoch(number, order);
  }

  /** The finaliser of SplitMix64, so that neighbouring seeds have nothing in common. */
  private static long mixed(long value) {
    long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
