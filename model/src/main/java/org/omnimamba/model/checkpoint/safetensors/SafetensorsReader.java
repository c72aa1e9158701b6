package org.omnimamba.model.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;

/**
 * The tensors of one safetensors file or of several shards. May be read by several threads at once.
 */
public final class SafetensorsReader implements TensorSource {
  private final List<PositionalFile> files;
  private final Map<String, Located> tensors;
  private final Map<String, String> metadata;

  private SafetensorsReader(
      List<PositionalFile> files, Map<String, Located> tensors, Map<String, String> metadata) {
    this.files = files;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /** Takes over {@code files}; they are closed with the reader, or here when one is refused. */
  static SafetensorsReader of(List<PositionalFile> files) {
    try {
      Map<String, Located> tensors = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      for (PositionalFile file : files) {
        SafetensorsHeader header = SafetensorsHeader.read(file);
        metadata.putAll(header.metadata());
        header
            .tensors()
            .forEach(
                (name, entry) -> {
                  Located before = tensors.put(name, new Located(file, entry));
                  if (before != null) {
                    throw new CheckpointException(
                        "tensor %s is in %s and in %s"
                            .formatted(name, before.file.path(), file.path()));
                  }
                });
      }
      return new SafetensorsReader(
          List.copyOf(files),
          Collections.unmodifiableMap(tensors),
          Collections.unmodifiableMap(metadata));
    } catch (RuntimeException e) {
      closeAll(files, e);
      throw e;
    }
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  /** Free text that the writer stored with the tensors. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public TensorInfo info(String name) {
    return located(name).entry.info();
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    Located located = located(name);
    long available = located.entry.info().byteSize();
    if (offset < 0 || offset > available - target.remaining()) {
      throw new CheckpointException(
          "%s has %d bytes; bytes %d to %d were asked for"
              .formatted(name, available, offset, offset + target.remaining()));
    }
    located.file.read(located.entry.position() + offset, target);
  }

  /**
   * The tensor's bytes, mapped read-only and little-endian. Pages that are touched count as
   * resident until the buffer is collected; {@link #readInto} leaves no such trace.
   *
   * @throws CheckpointException if there is no such tensor, or if it has 2 GiB or more
   */
  public ByteBuffer map(String name) {
    Located located = located(name);
    long bytes = located.entry.info().byteSize();
    if (bytes > Integer.MAX_VALUE) {
      throw new CheckpointException("%s has %d bytes, too many to map".formatted(name, bytes));
    }
    try {
      return located
          .file
          .channel()
          .map(MapMode.READ_ONLY, located.entry.position(), bytes)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot map %s: %s".formatted(located.file.path(), PositionalFile.reason(e)), e);
    }
  }

  /** For each tensor the name of the file it is in. */
  Map<String, String> shardNames() {
    Map<String, String> shards = new LinkedHashMap<>();
    tensors.forEach(
        (name, located) -> shards.put(name, String.valueOf(located.file.path().getFileName())));
    return shards;
  }

  private Located located(String name) {
    Located located = tensors.get(name);
    if (located == null) {
      throw new CheckpointException("there is no tensor %s in %s".formatted(name, paths(files)));
    }
    return located;
  }

  private static List<String> paths(List<PositionalFile> files) {
    List<String> paths = new ArrayList<>();
    files.forEach(file -> paths.add(file.path().toString()));
    return paths;
  }

  private static void closeAll(List<PositionalFile> files, RuntimeException failure) {
    for (PositionalFile file : files) {
      try {
        file.close();
      } catch (CheckpointException e) {
        failure.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() {
    CheckpointException failure = new CheckpointException("cannot close " + paths(files));
    closeAll(files, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private record Located(PositionalFile file, SafetensorsHeader.Entry entry) {}
}
