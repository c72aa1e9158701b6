package org.omnimamba.training.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.ModelDirectory;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;

/**
 * Puts a model directory together from what training wrote.
 *
 * @param config sizes of the model
 * @param tokenizer its {@code tokenizer.json}; special tokens that it lacks are added
 * @param parts safetensors files with checkpoint names; a tensor comes from the last that has it
 * @param texts files that go along, by their names in the directory
 * @param dtype of the weights: {@link Dtype#BF16} or {@link Dtype#F32}
 * @param untrained whether parameters that no part holds get initial values; otherwise only those
 *     that no result depends on
 */
public record ModelExport(
    ModelConfig config,
    Path tokenizer,
    List<Path> parts,
    Map<String, Path> texts,
    Dtype dtype,
    boolean untrained) {

  private static final long SEED = 1;

  private static final List<String> PREFIXES =
      List.of(
          ParameterNames.VISION,
          ParameterNames.VQ,
          ParameterNames.LANGUAGE,
          ParameterNames.PROJECTOR);

  public ModelExport {
    parts = List.copyOf(parts);
  }

  /**
   * Where a model's tensors came from.
   *
   * @param source a file, or what else gave them
   * @param tensors how many it gave
   * @param ignored how many of it were for training only
   */
  public record Origin(String source, long tensors, long ignored) {}

  /**
   * Writes the model directory, whole or not at all.
   *
   * @param out absent or empty
   * @return where the tensors came from, initial values first
   * @throws CheckpointException if a file is missing or damaged, or if the parts together do not
   *     have exactly the configuration's tensors; the message lists what is wrong
   * @throws org.omnimamba.model.text.InvalidTokenizerException if the tokenizer is damaged or does
   *     not fit the configuration
   */
  public List<Origin> write(Path out) {
    String tokenizerJson = TokenizerDefinitions.completed(tokenizer, config);
    TensorSchema schema = TensorSchema.of(config);
    List<TensorSource> layers = new ArrayList<>();
    layers.add(
        new SelectedTensors(
            new InitialTensors(config, SEED), name -> untrained || !schema.isUsed(name)));
    List<Long> ignored = new ArrayList<>(List.of(0L));
    try {
      for (Path part : parts) {
        TensorSource all = Safetensors.openValues(part);
        SelectedTensors selected = new SelectedTensors(all, ModelExport::isParameter);
        layers.add(selected);
        ignored.add((long) all.names().size() - selected.names().size());
      }
    } catch (RuntimeException e) {
      layers.forEach(TensorSource::close);
      throw e;
    }
    try (LayeredSource source = new LayeredSource(layers)) {
      ModelDirectory.write(out, config, source, tokenizerJson, dtype, contents());
      List<Origin> origins = new ArrayList<>();
      for (int i = 0; i < layers.size(); i++) {
        String name = i == 0 ? "initial values" : parts.get(i - 1).toString();
        origins.add(new Origin(name, source.tensorsFrom(i), ignored.get(i)));
      }
      return origins;
    }
  }

  /** What training alone needs, such as a text encoder for the towers, has other names. */
  private static boolean isParameter(String name) {
    return PREFIXES.stream().anyMatch(name::startsWith);
  }

  private Map<String, String> contents() {
    Map<String, String> contents = new LinkedHashMap<>();
    texts.forEach(
        (name, file) -> {
          try {
            contents.put(name, Files.readString(file));
          } catch (IOException e) {
            throw new CheckpointException("cannot read " + file, e);
          }
        });
    return contents;
  }
}
