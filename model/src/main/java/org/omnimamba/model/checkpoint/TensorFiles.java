package org.omnimamba.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsHeader;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.checkpoint.torch.PthReader;

/** Opens a file of tensors by what it is, not by what it is called. */
public final class TensorFiles {
  private TensorFiles() {}

  /**
   * Safetensors, whose matrices in int8 appear as their values, or the authors' PyTorch format.
   *
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if the file is neither, is
   *     damaged or holds more than tensors
   */
  public static TensorSource open(Path path) {
    if (Files.isDirectory(path) || path.toString().endsWith(".json") || isSafetensors(path)) {
      return Safetensors.openValues(path);
    }
    return PthReader.open(path);
  }

  /** Read as a header length, the start of a zip file or a pickle is far beyond what is allowed. */
  private static boolean isSafetensors(Path path) {
    try (PositionalFile file = PositionalFile.open(path)) {
      ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      start.limit((int) Math.min(Long.BYTES, file.size()));
      file.read(0, start);
      start.clear();
      return Long.compareUnsigned(start.getLong(0), SafetensorsHeader.MAX_HEADER_BYTES) <= 0;
    }
  }
}
