package org.omnimamba.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsWriter;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;

/** Changed copies of checkpoints, as safetensors. */
final class Copies {
  private Copies() {}

  /** Copies every tensor after {@code change} has seen its bytes. */
  static void copy(Path from, Path to, BiConsumer<String, ByteBuffer> change) {
    try (TensorSource source = TensorFiles.open(from)) {
      Map<String, String> names = new LinkedHashMap<>();
      source.names().forEach(name -> names.put(name, name));
      write(source, names, to, change);
    }
  }

  /** Copies the tensors under a prefix without it, or those that are not under it as they are. */
  static void copyPart(Path from, Path to, String prefix, boolean under) {
    try (TensorSource source = TensorFiles.open(from)) {
      Map<String, String> names = new LinkedHashMap<>();
      for (String name : source.names()) {
        if (name.startsWith(prefix) == under) {
          names.put(under ? name.substring(prefix.length()) : name, name);
        }
      }
      write(source, names, to, (name, bytes) -> {});
    }
  }

  /** Copies some tensors as they are stored, scales of matrices in int8 among them. */
  static void copyStored(Path from, Path to, Predicate<String> kept) {
    try (TensorSource source = Safetensors.open(from)) {
      Map<String, String> names = new LinkedHashMap<>();
      source.names().stream().filter(kept).forEach(name -> names.put(name, name));
      write(source, names, to, (name, bytes) -> {});
    }
  }

  private static void write(
      TensorSource source,
      Map<String, String> sourceNames,
      Path to,
      BiConsumer<String, ByteBuffer> change) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    sourceNames.forEach((name, original) -> tensors.put(name, source.info(original)));
    try (SafetensorsWriter writer = SafetensorsWriter.create(to, tensors, Map.of())) {
      sourceNames.forEach(
          (name, original) -> {
            ByteBuffer bytes =
                ByteBuffer.allocate((int) source.info(original).byteSize())
                    .order(ByteOrder.LITTLE_ENDIAN);
            source.readInto(original, bytes);
            bytes.flip();
            change.accept(name, bytes);
            writer.append(name, bytes);
          });
    }
  }
}
