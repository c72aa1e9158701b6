package org.omnimamba.training.data;

import java.util.List;

/**
 * Makes arrays of examples.
 *
 * @param <T> an example
 */
@FunctionalInterface
public interface Collator<T> {
  /** A batch with one row for each example; row lengths do not depend on the examples. */
  Batch collate(List<T> examples);
}
