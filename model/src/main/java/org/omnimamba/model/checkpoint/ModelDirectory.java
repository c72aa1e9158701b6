package org.omnimamba.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.checkpoint.safetensors.Int8Conversion;
import org.omnimamba.model.checkpoint.safetensors.WeightConversion;
import org.omnimamba.model.checkpoint.safetensors.WeightsWriter;
import org.omnimamba.model.checkpoint.schema.StepMatrices;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.ModelConfig;

/** Writes model directories: configuration, tokenizer, weights, and a manifest of their hashes. */
public final class ModelDirectory {
  private ModelDirectory() {}

  /**
   * Writes a model. The directory appears whole or not at all.
   *
   * @param out a directory that is absent or empty
   * @param source tensors by their checkpoint names; must be exactly the configuration's
   * @param tokenizerJson the text of its {@code tokenizer.json}
   * @param dtype see {@link ConversionOptions#dtype}
   * @param moreFiles texts of further files by their names, such as licences
   * @throws CheckpointException if the tensors do not fit the configuration, or if {@code out}
   *     cannot be written; no file of it remains
   */
  public static void write(
      Path out,
      ModelConfig config,
      TensorSource source,
      String tokenizerJson,
      Dtype dtype,
      Map<String, String> moreFiles) {
    TensorSchema schema = TensorSchema.of(config);
    schema.checkStateDict("the model", source);
    try (StagedDirectory directory = StagedDirectory.create(out)) {
      ConfigWriter.write(directory.path().resolve(Checkpoint.CONFIG_FILE), config);
      Files.writeString(directory.path().resolve(Checkpoint.TOKENIZER_FILE), tokenizerJson);
      for (Map.Entry<String, String> file : moreFiles.entrySet()) {
        Files.writeString(directory.path().resolve(file.getKey()), file.getValue());
      }
      writeWeights(source, schema, directory.path(), ConversionOptions.defaults().withDtype(dtype));
      directory.commit();
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot write %s: %s".formatted(out, PositionalFile.reason(e)), e);
    }
  }

  static void writeWeights(
      TensorSource source, TensorSchema schema, Path directory, ConversionOptions options)
      throws IOException {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    boolean int8 = options.dtype() == Dtype.I8;
    Dtype others = int8 ? Dtype.BF16 : options.dtype();
    schema
        .stored()
        .forEach(
            (name, shape) -> {
              if (int8 && StepMatrices.include(name)) {
                Int8Conversion.declare(name, shape, tensors);
              } else {
                tensors.put(name, new TensorInfo(others, shape));
              }
            });
    WeightConversion conversion = new WeightConversion(others);
    WeightsWriter writer = WeightsWriter.create(directory, tensors, options.maxShardBytes());
    try (writer) {
      for (String name : schema.stored().keySet()) {
        if (int8 && StepMatrices.include(name)) {
          Int8Conversion.copy(source, name, writer);
        } else {
          conversion.copy(source, name, writer);
        }
      }
      writer.finish();
    }
  }
}
