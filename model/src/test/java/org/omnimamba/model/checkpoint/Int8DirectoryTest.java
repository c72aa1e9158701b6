package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.Int8Matrix;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.torch.PthReader;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;

/** Model directories with int8 weights, against the checkpoint that they were converted from. */
class Int8DirectoryTest {
  private static final String IN_PROJ = ParameterNames.layer(1) + "mixer.in_proj.weight";

  @TempDir Path temp;

  @Test
  void theProjectionsAndTheHeadsAreInInt8AndEverythingElseInBfloat16() {
    List<String> int8 = new ArrayList<>();
    try (SafetensorsReader file = Safetensors.open(TinyModel.int8Directory())) {
      for (String name : file.names()) {
        TensorInfo info = file.info(name);
        if (info.dtype() == Dtype.I8) {
          int8.add(name);
          assertThat(file.info(name + "_scale"))
              .isEqualTo(TensorInfo.of(Dtype.F32, info.shape().get(0), 1));
        } else {
          assertThat(info.dtype())
              .as(name)
              .isEqualTo(name.endsWith("_scale") ? Dtype.F32 : Dtype.BF16);
        }
      }
    }
    List<String> expected =
        new ArrayList<>(List.of(ParameterNames.IMAGE_EMBEDDING, ParameterNames.TEXT_EMBEDDING));
    for (int layer = 0; layer < 3; layer++) {
      expected.add(ParameterNames.layer(layer) + "mixer.in_proj.weight");
      expected.add(ParameterNames.layer(layer) + "mixer.out_proj.weight");
    }
    assertThat(int8).containsExactlyElementsOf(expected);
    Manifest.read(TinyModel.int8Directory()).verify(TinyModel.int8Directory());
  }

  @Test
  void itsValuesAreTheCheckpointsWithinHalfAScale() {
    try (Checkpoint written = Checkpoint.openVerified(TinyModel.int8Directory());
        PthReader exact = PthReader.open(OracleFiles.path("omnimamba-tiny.pth"));
        PthReader half = PthReader.open(OracleFiles.path("omnimamba-tiny-bf16.pth"))) {
      assertThat(written.names()).containsExactlyElementsOf(written.schema().stored().keySet());
      for (String name : written.names()) {
        float[] values = written.readFloats(name);
        if (written.int8(name).isEmpty()) {
          assertThat(values).as(name).isEqualTo(half.readFloats(name));
          continue;
        }
        float[] original = exact.readFloats(name);
        int columns = (int) written.info(name).shape().get(1);
        for (int row = 0; row < values.length / columns; row++) {
          float largest = 0;
          float error = 0;
          for (int i = row * columns; i < (row + 1) * columns; i++) {
            largest = Math.max(largest, Math.abs(original[i]));
            error = Math.max(error, Math.abs(original[i] - values[i]));
          }
          assertThat(error).as("%s, row %d", name, row).isLessThanOrEqualTo(0.501f * largest / 127);
        }
      }
    }
  }

  @Test
  void convertedAgainItStaysAsItIs() {
    Path again = convert(TinyModel.int8Directory(), Dtype.I8);
    assertThat(Manifest.read(again).files())
        .containsEntry(
            "model.safetensors",
            Manifest.read(TinyModel.int8Directory()).files().get("model.safetensors"));
  }

  @Test
  void convertedToFloat32ItKeepsItsValues() {
    try (Checkpoint wide = Checkpoint.open(convert(TinyModel.int8Directory(), Dtype.F32));
        Checkpoint int8 = Checkpoint.open(TinyModel.int8Directory())) {
      for (String name : int8.names()) {
        assertThat(wide.int8(name)).isEmpty();
        assertThat(wide.readFloats(name)).as(name).isEqualTo(int8.readFloats(name));
      }
    }
  }

  @Test
  void shardsHoldItToo() {
    Path out = temp.resolve("sharded");
    CheckpointConverter.convert(
        OracleFiles.path("omnimamba-tiny.pth"),
        out,
        TinyModel.conversion().withDtype(Dtype.I8).withMaxShardBytes(500_000));
    assertThat(out.resolve("model.safetensors.index.json")).exists();
    try (Checkpoint sharded = Checkpoint.openVerified(out);
        Checkpoint single = Checkpoint.open(TinyModel.int8Directory())) {
      for (String name : single.names()) {
        assertThat(sharded.readFloats(name)).as(name).isEqualTo(single.readFloats(name));
      }
    }
  }

  @Test
  void sizesCountCodesAndScales() {
    try (Checkpoint checkpoint = Checkpoint.open(TinyModel.int8Directory())) {
      ModelSizes sizes = ModelSizes.of(checkpoint);
      assertThat(sizes.tensorsByType())
          .containsExactlyInAnyOrderEntriesOf(Map.of(Dtype.I8, 8, Dtype.BF16, 527));
      ModelSizes.Part text = sizes.details().get(2);
      assertThat(text.name()).isEqualTo("text embedding and head");
      assertThat(text.tensors()).isEqualTo(1);
      assertThat(text.bytes()).isEqualTo(text.parameters() + 4 * text.parameters() / 64);
    }
  }

  @Test
  void aDirectoryWhoseScalesAreMissingIsRefusedByName() throws IOException {
    assertThatThrownBy(() -> Checkpoint.open(broken(name -> !name.equals(IN_PROJ + "_scale"))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(IN_PROJ)
        .hasMessageContaining("scales are missing");
    assertThatThrownBy(() -> Checkpoint.open(broken(name -> !name.equals(IN_PROJ))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("missing: " + IN_PROJ)
        .hasMessageContaining("unexpected: " + IN_PROJ + Int8Matrix.SCALE_SUFFIX);
  }

  private Path broken(Predicate<String> kept) throws IOException {
    Path directory = Files.createTempDirectory(temp, "broken");
    Files.copy(TinyModel.int8Directory().resolve("config.json"), directory.resolve("config.json"));
    Copies.copyStored(TinyModel.int8Directory(), directory.resolve("model.safetensors"), kept);
    return directory;
  }

  private Path convert(Path directory, Dtype dtype) {
    Path out = temp.resolve("converted");
    CheckpointConverter.convert(
        directory.resolve("model.safetensors"),
        out,
        ConversionOptions.defaults().withDtype(dtype).withConfig(directory.resolve("config.json")));
    return out;
  }
}
