package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.torch.PthReader;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.InvalidTokenizerException;

class CheckpointConverterTest {
  private static final Path TINY = OracleFiles.path("omnimamba-tiny.pth");

  @TempDir Path temp;

  @Test
  void writesAWholeModelDirectory() throws IOException {
    Path directory = TinyModel.directory();
    assertThat(names(directory))
        .containsExactlyInAnyOrder(
            "config.json", "manifest.json", "model.safetensors", "tokenizer.json");
    Manifest manifest = Manifest.read(directory);
    manifest.verify(directory);
    assertThat(manifest.files()).hasSize(3);
    ModelConfig config = ConfigReader.read(directory.resolve("config.json"));
    assertThat(config.name()).isEqualTo("omnimamba-tiny");
    try (SafetensorsReader written = Safetensors.open(directory);
        PthReader source = PthReader.open(TINY)) {
      assertThat(written.names()).hasSize(source.names().size() - 2);
      assertThat(written.names())
          .containsExactlyElementsOf(TensorSchema.of(config).stored().keySet());
      for (String name : written.names()) {
        assertThat(written.info(name)).isEqualTo(source.info(name));
        assertThat(written.readFloats(name)).as(name).isEqualTo(source.readFloats(name));
      }
    }
  }

  @Test
  void roundsToBfloat16AsTheReferenceDoes() {
    Path out = temp.resolve("bf16");
    CheckpointConverter.convert(TINY, out, tiny().withDtype(Dtype.BF16));
    try (SafetensorsReader written = Safetensors.open(out);
        PthReader expected = PthReader.open(OracleFiles.path("omnimamba-tiny-bf16.pth"))) {
      for (String name : written.names()) {
        assertThat(written.info(name)).isEqualTo(expected.info(name));
        assertThat(written.readFloats(name)).as(name).isEqualTo(expected.readFloats(name));
      }
    }
  }

  @Test
  void widensBfloat16() {
    try (SafetensorsReader written = Safetensors.open(TinyModel.bfloat16Directory());
        PthReader expected = PthReader.open(OracleFiles.path("omnimamba-tiny-bf16.pth"))) {
      for (String name : written.names()) {
        assertThat(written.info(name).dtype()).isEqualTo(Dtype.F32);
        assertThat(written.readFloats(name)).as(name).isEqualTo(expected.readFloats(name));
      }
    }
  }

  @Test
  void writesShardsAboveTheLimit() throws IOException {
    Path out = temp.resolve("sharded");
    CheckpointConverter.convert(TINY, out, tiny().withMaxShardBytes(1_500_000));
    assertThat(names(out))
        .contains("model-00001-of-00004.safetensors", "model.safetensors.index.json")
        .doesNotContain("model.safetensors");
    Manifest.read(out).verify(out);
    try (SafetensorsReader sharded = Safetensors.open(out);
        SafetensorsReader single = Safetensors.open(TinyModel.directory())) {
      assertThat(sharded.names()).containsExactlyInAnyOrderElementsOf(single.names());
      for (String name : single.names()) {
        assertThat(sharded.map(name)).as(name).isEqualTo(single.map(name));
      }
    }
  }

  @Test
  void convertsItsOwnOutputAgain() {
    Path out = temp.resolve("again");
    CheckpointConverter.convert(
        TinyModel.directory().resolve("model.safetensors"),
        out,
        ConversionOptions.defaults().withConfig(TinyModel.directory().resolve("config.json")));
    assertThat(Manifest.read(out).files())
        .containsEntry(
            "model.safetensors",
            Manifest.read(TinyModel.directory()).files().get("model.safetensors"));
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Path out = temp.resolve("out");
    Path damaged = temp.resolve("damaged.pth");
    byte[] bytes = Files.readAllBytes(TINY);
    Files.write(damaged, java.util.Arrays.copyOf(bytes, bytes.length - 1000));
    assertThatThrownBy(() -> CheckpointConverter.convert(damaged, out, tiny()))
        .isInstanceOf(CheckpointException.class);
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    OracleFiles.path("omnimamba-tiny-legacy-subset.pth"), out, tiny()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("missing: vision_backbone.siglip_featurizer.pos_embed [1, 16, 32]");
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    TINY, out, tiny().withTokenizer(temp.resolve("absent.json"))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("absent.json");
    assertThatThrownBy(() -> CheckpointConverter.convert(temp.resolve("absent.pth"), out, tiny()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no such file");
    assertThat(names(temp)).containsExactly("damaged.pth");
  }

  @Test
  void doesNotTouchAnExistingModel() throws IOException {
    Path out = Files.createDirectory(temp.resolve("out"));
    Files.writeString(out.resolve("precious"), "x");
    assertThatThrownBy(() -> CheckpointConverter.convert(TINY, out, tiny()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("not empty");
    assertThat(names(out)).containsExactly("precious");
    assertThat(names(temp)).containsExactly("out");
  }

  @Test
  void fillsAnEmptyDirectory() throws IOException {
    Path out = Files.createDirectory(temp.resolve("out"));
    CheckpointConverter.convert(TINY, out, tiny());
    assertThat(names(out)).contains("model.safetensors");
    assertThat(names(temp)).containsExactly("out");
  }

  @Test
  void refusesATokenizerOfAnotherModel() {
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    TINY,
                    temp.resolve("out"),
                    tiny().withTokenizer(TinyModel.directory().resolve("config.json"))))
        .isInstanceOf(InvalidTokenizerException.class);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void storesTheReferencesAddedTokens() throws IOException {
    assertThat(Files.readString(TinyModel.directory().resolve("tokenizer.json")))
        .contains("[PAD]", "<|soi|>", "<|lvg|>");
  }

  @Test
  void asksForAConfigurationWhenTheSizeIsUnknown() {
    assertThatThrownBy(
            () -> CheckpointConverter.convert(TINY, temp.resolve("out"), tiny().withConfig(null)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("width 64")
        .hasMessageContaining("configuration file");
  }

  @Test
  void refusesTensorsThatShouldBeTied() {
    Path broken = temp.resolve("broken.safetensors");
    Copies.copy(
        TINY,
        broken,
        (name, bytes) -> {
          if (name.equals("llm_backbone.mamba.lm_head.weight")) {
            bytes.putFloat(bytes.limit() - 4, 42f);
          }
        });
    assertThatThrownBy(() -> CheckpointConverter.convert(broken, temp.resolve("out"), tiny()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("lm_head")
        .hasMessageContaining("differ");
  }

  @Test
  void takesTheImageTokenizerFromItsOwnFile() {
    Path vq = temp.resolve("vq.safetensors");
    Copies.copyPart(TinyModel.directory(), vq, ParameterNames.VQ, true);
    Path rest = temp.resolve("rest.safetensors");
    Copies.copyPart(TinyModel.directory(), rest, ParameterNames.VQ, false);
    assertThatThrownBy(() -> CheckpointConverter.convert(rest, temp.resolve("out"), tiny()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("missing: llm_backbone.vqvae.encoder.conv_in.weight");
    Path out = temp.resolve("whole");
    CheckpointConverter.convert(rest, out, tiny().withVq(vq));
    assertThat(Manifest.read(out).files().get("model.safetensors"))
        .isEqualTo(Manifest.read(TinyModel.directory()).files().get("model.safetensors"));
  }

  private static ConversionOptions tiny() {
    return TinyModel.conversion();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
