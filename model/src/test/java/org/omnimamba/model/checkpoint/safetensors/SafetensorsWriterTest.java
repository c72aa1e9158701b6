package org.omnimamba.model.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.testing.OracleFiles;

class SafetensorsWriterTest {
  @TempDir Path directory;

  @Test
  void writesWhatItReadByteForByte() throws IOException {
    Path copy = directory.resolve("copy.safetensors");
    try (SafetensorsReader reader = Safetensors.open(OracleFiles.path("vision-tiny.safetensors"))) {
      Map<String, TensorInfo> tensors = new LinkedHashMap<>();
      reader.names().forEach(name -> tensors.put(name, reader.info(name)));
      try (SafetensorsWriter writer = SafetensorsWriter.create(copy, tensors, Map.of("k", "ü"))) {
        for (String name : reader.names()) {
          ByteBuffer bytes = ByteBuffer.allocate((int) reader.info(name).byteSize());
          reader.readInto(name, bytes);
          bytes.flip();
          int half = bytes.limit() / 2;
          writer.append(name, bytes.slice(0, half));
          writer.append(name, bytes.slice(half, bytes.limit() - half));
        }
      }
      try (SafetensorsReader again = Safetensors.open(copy)) {
        assertThat(again.metadata()).containsEntry("k", "ü");
        assertThat(again.names()).containsExactlyElementsOf(reader.names());
        for (String name : again.names()) {
          assertThat(again.info(name)).isEqualTo(reader.info(name));
          assertThat(again.map(name)).isEqualByComparingTo(reader.map(name));
          assertThat(again.shardNames()).containsEntry(name, "copy.safetensors");
        }
      }
    }
    long headerBytes =
        ByteBuffer.wrap(Files.readAllBytes(copy)).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(headerBytes % 8).isZero();
  }

  @Test
  void keepsToTheDeclaredOrderAndLengths() {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    tensors.put("empty", TensorInfo.of(Dtype.F32, 0));
    tensors.put("a", TensorInfo.of(Dtype.U8, 2));
    tensors.put("b", TensorInfo.of(Dtype.U8, 1));
    SafetensorsWriter writer = SafetensorsWriter.create(directory.resolve("f"), tensors, Map.of());
    assertThatThrownBy(() -> writer.append("b", ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.append("a", ByteBuffer.allocate(3)))
        .isInstanceOf(IllegalStateException.class);
    writer.append("a", ByteBuffer.allocate(2));
    assertThatThrownBy(writer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 bytes of b were missing");
  }

  @Test
  void doesNotOverwrite() throws IOException {
    Path file = Files.writeString(directory.resolve("there"), "precious");
    assertThatThrownBy(() -> SafetensorsWriter.create(file, Map.of(), Map.of()).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("there");
    assertThat(file).hasContent("precious");
  }
}
