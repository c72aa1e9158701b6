package org.omnimamba.model.checkpoint;

import org.omnimamba.model.checkpoint.PickleObjects.Storage;

/** A {@code .pth} file: an object graph, and the bytes of the storages in it. */
interface TorchContainer {

  /** The pickled object. */
  Object root();

  /**
   * Position in the file of a storage's first byte.
   *
   * @throws CheckpointException if the file has no such storage, or one of another length
   */
  long position(Storage storage);
}
