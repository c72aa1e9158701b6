package org.omnimamba.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.TextGenerator;
import org.omnimamba.model.TokenListener;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsWriter;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;
import org.tensorflow.ndarray.Shape;

class ModelExportTest {
  private final TensorSchema schema = TensorSchema.of(TinyModel.config());

  @TempDir private Path temp;

  @Test
  void partsTogetherGiveTheModelThatTheyWereTakenFrom() throws IOException {
    Path vq = part("vq", name -> name.startsWith(ParameterNames.VQ));
    Path towers = part("towers", name -> name.startsWith(ParameterNames.VISION));
    Path rest =
        part(
            "language",
            name ->
                name.startsWith(ParameterNames.LANGUAGE)
                    || name.startsWith(ParameterNames.PROJECTOR));
    Path licenses = Files.writeString(temp.resolve("licences.txt"), "free");
    Path out = temp.resolve("model");
    List<ModelExport.Origin> origins =
        export(List.of(vq, towers, rest), licenses, Dtype.F32, false).write(out);
    assertThat(origins).hasSize(4);
    assertThat(origins.get(0).tensors())
        .isEqualTo(schema.stored().keySet().stream().filter(n -> !schema.isUsed(n)).count());
    assertThat(origins.stream().mapToLong(ModelExport.Origin::tensors).sum())
        .isEqualTo(schema.stored().size());
    assertThat(out.resolve("LICENSES.md")).hasContent("free");
    assertThat(answer(out)).isEqualTo(answer(TinyModel.directory())).isNotEmpty();
  }

  @Test
  void aLaterPartStandsOverAnEarlierOne() {
    String name = ParameterNames.LANGUAGE + "backbone.norm_f.weight";
    Path all = part("all", schema::isUsed);
    Path later = temp.resolve("later.safetensors");
    Shape shape = schema.stored().get(name);
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    tensors.put(name, new TensorInfo(Dtype.F32, shape));
    tensors.put("caption_encoder.weight", new TensorInfo(Dtype.F32, Shape.of(1)));
    try (SafetensorsWriter writer = SafetensorsWriter.create(later, tensors, Map.of())) {
      writer.append(name, ByteBuffer.allocate((int) shape.size() * Float.BYTES));
      writer.append("caption_encoder.weight", ByteBuffer.allocate(Float.BYTES));
    }
    Path out = temp.resolve("model");
    List<ModelExport.Origin> origins =
        export(List.of(all, later), null, Dtype.BF16, false).write(out);
    assertThat(origins.get(2)).isEqualTo(new ModelExport.Origin(later.toString(), 1, 1));
    try (Checkpoint model = Checkpoint.openVerified(out)) {
      assertThat(model.info(name).dtype()).isEqualTo(Dtype.BF16);
      assertThat(model.readFloats(name)).containsOnly(0f);
    }
  }

  @Test
  void whatIsMissingIsNamedUnlessInitialValuesAreWanted() throws IOException {
    Path vq = part("vq", name -> name.startsWith(ParameterNames.VQ));
    Path out = temp.resolve("model");
    assertThatThrownBy(() -> export(List.of(vq), null, Dtype.F32, false).write(out))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("missing: " + ParameterNames.TEXT_EMBEDDING);
    assertThat(out).doesNotExist();
    export(List.of(vq), null, Dtype.F32, true).write(out);
    assertThat(out.resolve("model.safetensors")).exists();
  }

  @Test
  void damagedAndMissingFilesAreRefused() throws IOException {
    Path damaged = Files.writeString(temp.resolve("damaged.safetensors"), "nothing");
    for (Path part : List.of(damaged, temp.resolve("none.safetensors"))) {
      assertThatThrownBy(
              () -> export(List.of(part), null, Dtype.F32, true).write(temp.resolve("model")))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(part.getFileName().toString());
    }
  }

  private static ModelExport export(
      List<Path> parts, @Nullable Path licenses, Dtype dtype, boolean untrained) {
    return new ModelExport(
        TinyModel.config(),
        TinyModel.directory().resolve("tokenizer.json"),
        parts,
        licenses == null ? Map.of() : Map.of(Checkpoint.LICENSES_FILE, licenses),
        dtype,
        untrained);
  }

  private static String answer(Path directory) {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1);
    try (OmniMamba model =
        OmniMamba.load(directory, options.withExecution(options.execution().withCompile(false)))) {
      return new TextGenerator(model)
          .generate(
              new PromptLayouts(model.config(), model.tokenizer())
                  .question("what is it?", Truncation.DISABLED),
              null,
              GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(8),
              TokenListener.NONE)
          .text();
    }
  }

  /** Some tensors of the tiny model in a file of their own. */
  private Path part(String name, Predicate<String> wanted) {
    Path path = temp.resolve(name + ".safetensors");
    try (TensorSource source = Checkpoint.open(TinyModel.directory())) {
      Map<String, TensorInfo> tensors = new LinkedHashMap<>();
      source.names().stream()
          .filter(wanted.and(schema::isUsed))
          .forEach(tensor -> tensors.put(tensor, source.info(tensor)));
      try (SafetensorsWriter writer = SafetensorsWriter.create(path, tensors, Map.of())) {
        tensors.forEach(
            (tensor, info) -> {
              ByteBuffer bytes = ByteBuffer.allocate((int) info.byteSize());
              source.readInto(tensor, bytes);
              writer.append(tensor, bytes.flip());
            });
      }
    }
    return path;
  }
}
