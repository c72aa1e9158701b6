package org.omnimamba.model.runtime.vision;

import java.nio.file.Path;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.testing.TinyModel;

/** The tiny model's tensors. */
final class TinyWeights {
  private TinyWeights() {}

  static SafetensorsReader open() {
    return open(TinyModel.directory());
  }

  static SafetensorsReader open(Path directory) {
    return Safetensors.open(directory.resolve("model.safetensors"));
  }
}
