package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsWriter;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.text.TokenizerDefinitions;
import org.tensorflow.ndarray.Shape;

class ModelDirectoryTest {
  private static final ModelConfig CONFIG = ModelPresets.untrained();
  private static final String TOKENIZER = TokenizerDefinitions.bytesOnly(CONFIG);

  @TempDir private Path temp;

  @Test
  void initialTensorsAreTheOnesOfARandomModel() {
    RandomModel.write(temp.resolve("random"), CONFIG, 7);
    ModelDirectory.write(
        temp.resolve("drawn"),
        CONFIG,
        new InitialTensors(CONFIG, 7),
        TOKENIZER,
        Dtype.F32,
        Map.of());
    assertThat(temp.resolve("drawn/model.safetensors"))
        .hasSameBinaryContentAs(temp.resolve("random/model.safetensors"));
  }

  @Test
  void theTopmostLayerGivesATensor() throws IOException {
    String name = ParameterNames.LANGUAGE + "backbone.norm_f.weight";
    int width = CONFIG.language().dModel();
    Path part = safetensors("part.safetensors", Map.of(name, Shape.of(width)), 3f);
    try (LayeredSource source =
        new LayeredSource(List.of(new InitialTensors(CONFIG, 7), Safetensors.open(part)))) {
      assertThat(source.tensorsFrom(0)).isEqualTo(source.names().size() - 1);
      assertThat(source.tensorsFrom(1)).isEqualTo(1);
      ModelDirectory.write(
          temp.resolve("model"),
          CONFIG,
          source,
          TOKENIZER,
          Dtype.BF16,
          Map.of("LICENSES.md", "all mine"));
    }
    try (Checkpoint model = Checkpoint.openVerified(temp.resolve("model"))) {
      assertThat(model.info(name).dtype()).isEqualTo(Dtype.BF16);
      assertThat(model.readFloats(name)).containsOnly(3f).hasSize(width);
    }
    assertThat(Files.readString(temp.resolve("model/LICENSES.md"))).isEqualTo("all mine");
  }

  @Test
  void tensorsThatDoNotFitAreListedAndNothingIsWritten() {
    Path part = safetensors("part.safetensors", Map.of("stray", Shape.of(2)), 1f);
    Path out = temp.resolve("model");
    try (LayeredSource source =
        new LayeredSource(List.of(new InitialTensors(CONFIG, 7), Safetensors.open(part)))) {
      assertThatThrownBy(
              () -> ModelDirectory.write(out, CONFIG, source, TOKENIZER, Dtype.F32, Map.of()))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("unexpected: stray");
      assertThatThrownBy(() -> source.info("nothing"))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("nothing");
    }
    assertThat(out).doesNotExist();
  }

  private Path safetensors(String file, Map<String, Shape> shapes, float value) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(Dtype.F32, shape)));
    Path path = temp.resolve(file);
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, tensors, Map.of())) {
      tensors.forEach((name, info) -> writer.append(name, constant(info, value)));
    }
    return path;
  }

  private static ByteBuffer constant(TensorInfo info, float value) {
    ByteBuffer bytes = ByteBuffer.allocate((int) info.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }
}
