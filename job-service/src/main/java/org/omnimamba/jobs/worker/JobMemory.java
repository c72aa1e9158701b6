package org.omnimamba.jobs.worker;

import org.jspecify.annotations.Nullable;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.body.ByteBudget;
import org.omnimamba.web.settings.InvalidSettingsException;
import org.omnimamba.web.settings.SettingProblem;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.util.unit.DataSize;

/**
 * The memory for what all running jobs ask and for the answers that they put together: a third of
 * the heap, whatever their number. The largest request fits it together with the largest answer
 * that is accepted, so that one job can always end.
 */
public final class JobMemory {
  private static final String SETTING = "omnimamba.jobs.worker.max-result";
  private static final long DEFAULT_LARGEST = DataSize.ofMegabytes(64).toBytes();

  /** The text from the database, its JSON tree, and the text that is sent. */
  private static final int COPIES_OF_REQUEST = 3;

  /** What a character of the most expensive kind of answer takes. */
  private static final int COPIES_OF_ANSWER = ChatCollector.COPIES;

  private final ByteBudget budget;
  private final long largest;
  private final long largestRequest;

  private JobMemory(long capacity, long largest, long largestRequest) {
    this.budget = new ByteBudget(capacity);
    this.largest = largest;
    this.largestRequest = largestRequest;
  }

  /**
   * A part of the heap.
   *
   * @param heap largest heap in bytes
   * @param maxBody the largest request in bytes
   * @param maxResult the largest answer that is accepted; null for 64 MB, or what fits beside the
   *     largest request where that is less
   * @throws InvalidSettingsException if an answer of that size and the largest request need more
   *     than half of the heap
   */
  static JobMemory of(long heap, long maxBody, @Nullable DataSize maxResult) {
    long request = maxBody * COPIES_OF_REQUEST;
    long usual = fitting(heap / 3, request);
    long most = fitting(heap / 2, request);
    long largest =
        maxResult == null ? Math.min(DEFAULT_LARGEST, Math.max(usual, 1)) : maxResult.toBytes();
    if (largest < 1 || largest > most) {
      throw new InvalidSettingsException(
          new SettingProblem(
              SETTING,
              "must be from 1 byte to %d MB: an answer takes up to %d times its size, the largest request (omnimamba.jobs.api.max-body) %d times, and both half of the heap at most. Make the heap larger (-Xmx, or the container's memory) or one of the settings smaller"
                  .formatted(Math.max(most, 0) >> 20, COPIES_OF_ANSWER, COPIES_OF_REQUEST)));
    }
    return new JobMemory(
        Math.max(heap / 3, request + largest * COPIES_OF_ANSWER), largest, maxBody);
  }

  private static long fitting(long memory, long request) {
    return Math.min((memory - request) / COPIES_OF_ANSWER, Integer.MAX_VALUE);
  }

  /** The largest answer that is accepted, in bytes. */
  public int largest() {
    return (int) largest;
  }

  /** Bytes that are taken now. */
  long used() {
    return budget.used();
  }

  /**
   * Space for one job.
   *
   * @param request length of what it asks
   * @throws BodyException if other jobs have taken the memory
   */
  public Space open(int request) {
    Space space = new Space();
    space.lease.take(Math.min(request, largestRequest) * COPIES_OF_REQUEST);
    return space;
  }

  /** What one job takes. */
  public final class Space implements AutoCloseable {
    private final ByteBudget.Lease lease = budget.open();
    private long size;

    private Space() {}

    /**
     * Takes what a part of the answer needs.
     *
     * @param characters length of the part
     * @param copies bytes that are kept for each character
     * @throws DataBufferLimitException if the answer is larger than any that is accepted
     * @throws BodyException if other jobs have taken the memory
     */
    public void take(int characters, int copies) {
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
