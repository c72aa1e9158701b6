package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.testing.TinyModel;

class CheckpointTest {
  @TempDir Path temp;

  @BeforeEach
  void copyModel() throws IOException {
    try (Stream<Path> files = Files.list(TinyModel.directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, temp.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void opensAndReads() {
    try (Checkpoint checkpoint = Checkpoint.openVerified(temp)) {
      assertThat(checkpoint.config()).isEqualTo(ConfigReader.read(temp.resolve("config.json")));
      assertThat(checkpoint.names()).hasSize(535);
      assertThat(checkpoint.tokenizerFile()).isRegularFile();
      assertThat(checkpoint.readFloats(ParameterNames.TEXT_EMBEDDING)).hasSize(208 * 64);
    }
  }

  @Test
  void refusesTiedNamesThatAreWrittenTwice() throws IOException {
    Path again = Files.createDirectory(temp.resolve("again"));
    Files.copy(temp.resolve("config.json"), again.resolve("config.json"));
    Copies.copy(
        org.omnimamba.model.testing.OracleFiles.path("omnimamba-tiny.pth"),
        again.resolve("model.safetensors"),
        (name, bytes) -> {});
    assertThatThrownBy(() -> Checkpoint.open(again).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("2 problems")
        .hasMessageContaining("unexpected: llm_backbone.mamba.lm_head.weight");
  }

  @Test
  void refusesWeightsOfAnotherConfiguration() throws IOException {
    Path config = temp.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"n_layer\" : 3", "\"n_layer\" : 2"));
    assertThatThrownBy(() -> Checkpoint.open(temp).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("unexpected: llm_backbone.mamba.backbone.layers.2.norm.weight");
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    Files.delete(temp.resolve("model.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(temp).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.safetensors: no such file");
    Files.delete(temp.resolve("config.json"));
    assertThatThrownBy(() -> Checkpoint.open(temp).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("config.json: no such file");
  }

  @Test
  void findsAChangedBitByTheManifest() throws IOException {
    Path weights = temp.resolve("model.safetensors");
    try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), Files.size(weights) - 1);
    }
    Checkpoint.open(temp).close();
    assertThatThrownBy(() -> Checkpoint.openVerified(temp).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.safetensors has")
        .hasMessageContaining("SHA-256");
    Files.delete(temp.resolve("tokenizer.json"));
    Files.writeString(temp.resolve("stranger"), "");
    assertThatThrownBy(() -> Checkpoint.openVerified(temp).close())
        .hasMessageContaining("tokenizer.json is missing")
        .hasMessageContaining("stranger is not listed");
  }
}
