package org.omnimamba.model.checkpoint.torch;

import org.omnimamba.model.checkpoint.torch.PickleObjects.Storage;

/** A {@code .pth} file: an object graph, and the bytes of the storages in it. */
interface TorchContainer {

  /** The pickled object. */
  Object root();

  /**
   * Position in the file of a storage's first byte.
   *
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if the file has no such
   *     storage, or one of another length
   */
  long position(Storage storage);
}
