package org.omnimamba.training.data;

/**
 * Batches by the number of the step. The batch of a step is a pure function of that number, so that
 * a resumed run goes on with the batch that a straight one would have had. Safe for use by several
 * threads.
 */
@FunctionalInterface
public interface BatchSource {
  /**
   * The batch of one step.
   *
   * @param step from 0 on; with gradient accumulation, the number of the micro-batch
   */
  Batch batch(long step);

  /** Both sources' arrays in one batch, such as of a joint stage; their names must differ. */
  default BatchSource with(BatchSource other) {
    return step -> batch(step).with(other.batch(step));
  }
}
