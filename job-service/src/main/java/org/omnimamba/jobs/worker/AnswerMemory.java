package org.omnimamba.jobs.worker;

import org.jspecify.annotations.Nullable;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.body.ByteBudget;
import org.omnimamba.web.settings.InvalidSettingsException;
import org.omnimamba.web.settings.SettingProblem;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.util.unit.DataSize;

/**
 * The memory for the answers that all running jobs put together: a quarter of the heap, whatever
 * their number. The largest answer that is accepted fits it, so that one job can always end.
 */
final class AnswerMemory {
  private static final String SETTING = "omnimamba.jobs.worker.max-result";
  private static final long DEFAULT_LARGEST = DataSize.ofMegabytes(64).toBytes();

  /** What a character of the most expensive kind of answer takes. */
  private static final int COPIES = ChatCollector.COPIES;

  private final ByteBudget budget;
  private final long largest;

  private AnswerMemory(long capacity, long largest) {
    this.budget = new ByteBudget(capacity);
    this.largest = largest;
  }

  /**
   * A part of the heap.
   *
   * @param heap largest heap in bytes
   * @param maxResult the largest answer that is accepted; null for 64 MB, or what fits a quarter of
   *     the heap where that is less
   * @throws InvalidSettingsException if an answer of that size needs more than half of the heap
   */
  static AnswerMemory of(long heap, @Nullable DataSize maxResult) {
    if (maxResult == null) {
      return new AnswerMemory(heap / 4, Math.min(DEFAULT_LARGEST, heap / 4 / COPIES));
    }
    long largest = maxResult.toBytes();
    long fitting = Math.min(heap / 2 / COPIES, Integer.MAX_VALUE);
    if (largest < 1 || largest > fitting) {
      throw new InvalidSettingsException(
          new SettingProblem(
              SETTING,
              "must be from 1 byte to %d MB: an answer takes up to %d times its size, and half of the heap at most. Make the heap larger (-Xmx, or the container's memory) or this setting smaller"
                  .formatted(fitting >> 20, COPIES)));
    }
    return new AnswerMemory(Math.max(heap / 4, largest * COPIES), largest);
  }

  /** The largest answer that is accepted, in bytes. */
  int largest() {
    return (int) largest;
  }

  /** Bytes that are taken now. */
  long used() {
    return budget.used();
  }

  /** Space for one answer, which holds nothing yet. */
  Space open() {
    return new Space();
  }

  /** What one answer takes. */
  final class Space implements AutoCloseable {
    private final ByteBudget.Lease lease = budget.open();
    private long size;

    private Space() {}

    /**
     * Takes what a part of the answer needs.
     *
     * @param characters length of the part
     * @param copies bytes that are kept for each character
     * @throws DataBufferLimitException if the answer is larger than any that is accepted
     * @throws BodyException if other answers have taken the memory
     */
    void take(int characters, int copies) {
      size += characters;
      if (size > largest) {
        throw new DataBufferLimitException("the answer is larger than " + largest + " bytes");
      }
      lease.take((long) characters * copies);
    }

    @Override
    public void close() {
      lease.close();
    }
  }
}
