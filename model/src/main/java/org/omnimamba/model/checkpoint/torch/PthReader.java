package org.omnimamba.model.checkpoint.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Tensor;

/**
 * The state dict in a PyTorch {@code .pth} file, zip or legacy. It may be the file's object itself
 * or stand in a dict such as {@code {"model": ..., "epoch": 3}}. Nothing in the file is executed.
 * Tensors are read from the file on demand; one at a time stays in memory. For one thread.
 */
public final class PthReader implements TensorSource {
  private final PositionalFile file;
  private final TorchContainer container;
  private final Map<String, Tensor> tensors;
  private @Nullable Mapped lastMapped;

  private PthReader(PositionalFile file, TorchContainer container, Map<String, Tensor> tensors) {
    this.file = file;
    this.container = container;
    this.tensors = tensors;
  }

  /**
   * Opens a file and reads its pickle; tensors are not read yet.
   *
   * @throws CheckpointException if the file is damaged, holds anything but tensors and plain data,
   *     or has no state dict
   */
  public static PthReader open(Path path) {
    PositionalFile file = PositionalFile.open(path);
    try {
      TorchContainer container = container(file);
      Map<String, Tensor> tensors = StateDicts.find(path, container.root());
      if (container instanceof LegacyContainer legacy) {
        legacy.locate(StateDicts.storages(path, container.root()));
      }
      tensors.values().forEach(tensor -> container.position(tensor.storage()));
      return new PthReader(file, container, Collections.unmodifiableMap(tensors));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static TorchContainer container(PositionalFile file) {
    if (file.size() < 4) {
      throw new CheckpointException("%s is too short for a checkpoint".formatted(file.path()));
    }
    ByteBuffer start = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    file.read(0, start);
    if (start.getInt(0) == ZipArchive.LOCAL_HEADER) {
      return ZipContainer.read(file);
    }
    if (start.get(0) == (byte) 0x80) {
      return LegacyContainer.read(file);
    }
    throw new CheckpointException(
        "%s is neither a zip file nor a pickle, so it is no .pth".formatted(file.path()));
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return tensor(name).info();
  }

  /** Whether two tensors are the same view of one storage, as tied parameters are. */
  public boolean shareView(String name, String other) {
    return tensor(name).equals(tensor(other));
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    Tensor tensor = tensor(name);
    long available = tensor.info().byteSize();
    if (offset < 0 || offset > available - target.remaining()) {
      throw new CheckpointException(
          "%s has %d bytes; bytes %d to %d were asked for"
              .formatted(name, available, offset, offset + target.remaining()));
    }
    if (!target.hasRemaining()) {
      return;
    }
    int elementBytes = tensor.info().dtype().bytes();
    long position = container.position(tensor.storage()) + tensor.offset() * elementBytes;
    if (tensor.isContiguous()) {
      file.read(position + offset, target);
      return;
    }
    if (offset % elementBytes != 0 || target.remaining() % elementBytes != 0) {
      throw new IllegalArgumentException("a strided tensor is read by whole elements");
    }
    StridedRead.gather(tensor, mapped(name, tensor, position), offset / elementBytes, target);
  }

  private ByteBuffer mapped(String name, Tensor tensor, long position) {
    Mapped mapped = lastMapped;
    if (mapped != null && mapped.name.equals(name)) {
      return mapped.bytes;
    }
    long bytes = spannedElements(tensor) * tensor.info().dtype().bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new CheckpointException(
          "%s is a strided view that spans %d bytes, too many to map".formatted(name, bytes));
    }
    try {
      ByteBuffer buffer = file.channel().map(MapMode.READ_ONLY, position, bytes);
      lastMapped = new Mapped(name, buffer);
      return buffer;
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot map %s: %s".formatted(file.path(), PositionalFile.reason(e)), e);
    }
  }

  private static long spannedElements(Tensor tensor) {
    long last = 0;
    for (int i = 0; i < tensor.strides().size(); i++) {
      last += (tensor.info().shape().get(i) - 1) * tensor.strides().get(i);
    }
    return last + 1;
  }

  private Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new CheckpointException("there is no tensor %s in %s".formatted(name, file.path()));
    }
    return tensor;
  }

  @Override
  public void close() {
    lastMapped = null;
    file.close();
  }

  /** Keeps the view that is being read mapped, so that reading in pieces maps once. */
  private record Mapped(String name, ByteBuffer bytes) {}
}
