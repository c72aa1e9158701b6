package org.omnimamba.training.data;

/**
 * Batches by the number of the step. The batch of a step is a pure function of that number, so that
 * a resumed run goes on with the batch that a straight one would have had. Safe for use by several
 * threads. Closing one releases what it was made with, such as a tokenizer.
 */
@FunctionalInterface
public interface BatchSource extends AutoCloseable {
  /**
   * The batch of one step.
   *
   * @param step from 0 on; with gradient accumulation, the number of the micro-batch
   */
  Batch batch(long step);

  /** Both sources' arrays in one batch, such as of a joint stage; their names must differ. */
  default BatchSource with(BatchSource other) {
    BatchSource both = step -> batch(step).with(other.batch(step));
    return both.owning(other::close).owning(this::close);
  }

  /**
   * The same batches from a source that owns something.
   *
   * @param resource is released when the source is closed
   */
  default BatchSource owning(Runnable resource) {
    BatchSource owner = this;
    return new BatchSource() {
      @Override
      public Batch batch(long step) {
        return owner.batch(step);
      }

      @Override
      public void close() {
        resource.run();
        owner.close();
      }
    };
  }

  @Override
  default void close() {}
}
