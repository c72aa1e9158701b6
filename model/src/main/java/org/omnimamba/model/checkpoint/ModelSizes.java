package org.omnimamba.model.checkpoint;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.Int8Matrix;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.config.TowerConfig;

/**
 * How large the parts of a model are. Tied parameters count once.
 *
 * @param parts the parts that make up the whole, each tensor in exactly one
 * @param details parts of parts, and what inference leaves out
 * @param total all parts
 * @param tensorsByType number of tensors of each type; scales belong to their tensors in int8
 * @param bytesPerSlot recurrent state of one sequence in float32
 */
public record ModelSizes(
    List<Part> parts,
    List<Part> details,
    Part total,
    Map<Dtype, Integer> tensorsByType,
    long bytesPerSlot) {

  /**
   * Some of a model's tensors.
   *
   * @param bytes that they take in the model's files
   */
  public record Part(String name, int tensors, long parameters, long bytes) {}

  public static ModelSizes of(Checkpoint checkpoint) {
    List<Part> parts = new ArrayList<>();
    parts.add(part(checkpoint, "language model", under(ParameterNames.LANGUAGE)));
    parts.add(part(checkpoint, "projector", under(ParameterNames.PROJECTOR)));
    for (TowerConfig tower : checkpoint.config().vision().towers()) {
      Predicate<String> ofTower = under(ParameterNames.tower(tower.name()));
      parts.add(part(checkpoint, "vision tower " + tower.name(), ofTower));
    }
    parts.add(part(checkpoint, "image tokenizer", under(ParameterNames.VQ)));

    Predicate<String> layers = under(ParameterNames.LANGUAGE + "backbone.layers.");
    Predicate<String> adapters = name -> name.contains("_lora_");
    List<Part> details =
        List.of(
            part(checkpoint, "language layers", layers.and(adapters.negate())),
            part(checkpoint, "task adapters", layers.and(adapters)),
            part(checkpoint, "text embedding and head", ParameterNames.TEXT_EMBEDDING::equals),
            part(checkpoint, "image embedding and head", ParameterNames.IMAGE_EMBEDDING::equals),
            part(checkpoint, "not used by inference", name -> !checkpoint.schema().isUsed(name)));

    Map<Dtype, Integer> types = new EnumMap<>(Dtype.class);
    checkpoint.names().forEach(name -> types.merge(type(checkpoint, name), 1, Integer::sum));
    return new ModelSizes(
        List.copyOf(parts),
        details,
        part(checkpoint, "total", name -> true),
        Map.copyOf(types),
        checkpoint.config().language().stateBytes());
  }

  private static Dtype type(Checkpoint checkpoint, String name) {
    return checkpoint.int8(name).isPresent() ? Dtype.I8 : checkpoint.info(name).dtype();
  }

  private static Predicate<String> under(String prefix) {
    return name -> name.startsWith(prefix);
  }

  private static Part part(Checkpoint checkpoint, String title, Predicate<String> belongs) {
    int tensors = 0;
    long parameters = 0;
    long bytes = 0;
    for (String name : checkpoint.names()) {
      if (belongs.test(name)) {
        TensorInfo info = checkpoint.info(name);
        tensors++;
        parameters += info.elements();
        bytes += checkpoint.int8(name).map(Int8Matrix::byteSize).orElse(info.byteSize());
      }
    }
    return new Part(title, tensors, parameters, bytes);
  }
}
