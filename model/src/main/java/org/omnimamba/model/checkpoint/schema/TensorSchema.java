package org.omnimamba.model.checkpoint.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.TowerConfig;
import org.tensorflow.ndarray.Shape;

/** Every parameter that a configuration asks for, by its name in the reference's state dict. */
public final class TensorSchema {
  /**
   * Names in a state dict that stand for another tensor: the heads are tied to their embeddings. A
   * model directory holds the embedding only.
   */
  public static final Map<String, String> TIED =
      Map.of(
          ParameterNames.IMAGE_HEAD, ParameterNames.IMAGE_EMBEDDING,
          ParameterNames.TEXT_HEAD, ParameterNames.TEXT_EMBEDDING);

  private final ModelConfig config;
  private final Map<String, Shape> stateDict;
  private final Map<String, Shape> stored;

  private TensorSchema(ModelConfig config, Map<String, Shape> stateDict) {
    this.config = config;
    this.stateDict = Collections.unmodifiableMap(stateDict);
    Map<String, Shape> stored = new LinkedHashMap<>(stateDict);
    stored.keySet().removeAll(TIED.keySet());
    this.stored = Collections.unmodifiableMap(stored);
  }

  public static TensorSchema of(ModelConfig config) {
    ShapeList list = ShapeList.create();
    // the reference registers its towers in the reverse of the order in which it uses them
    List<TowerConfig> towers = new ArrayList<>(config.vision().towers());
    Collections.reverse(towers);
    for (TowerConfig tower : towers) {
      TowerShapes.add(list.in(ParameterNames.tower(tower.name())), config.vision(), tower);
    }
    VqShapes.add(list.in(ParameterNames.VQ), config.vq());
    LanguageShapes.add(list.in(ParameterNames.LANGUAGE), config.language());
    ProjectorConfig projector = config.projector();
    list.in(ParameterNames.PROJECTOR + "projector.")
        .linear("0", projector.hiddenDim(), projector.inDim())
        .linear("2", projector.outDim(), projector.hiddenDim())
        .linear("4", projector.outDim(), projector.outDim());
    return new TensorSchema(config, list.shapes());
  }

  /** Names and shapes of the reference's state dict, tied names included, in its order. */
  public Map<String, Shape> stateDict() {
    return stateDict;
  }

  /** Names and shapes of a model directory: the state dict without the tied names. */
  public Map<String, Shape> stored() {
    return stored;
  }

  /**
   * Whether inference reads a parameter. A state dict also holds a usage counter of the codebook,
   * and of each tower its last block, final norm and attention pool, none of which has an influence
   * on any result. A model directory keeps them, so that it still is the whole state dict.
   */
  public boolean isUsed(String name) {
    if (name.equals(ParameterNames.VQ + "quantize.codebook_used")) {
      return false;
    }
    for (TowerConfig tower : config.vision().towers()) {
      String prefix = ParameterNames.tower(tower.name());
      if (name.startsWith(prefix)) {
        String local = name.substring(prefix.length());
        return !local.startsWith("norm.")
            && !local.startsWith("attn_pool.")
            && !local.startsWith("blocks." + (tower.depth() - 1) + ".");
      }
    }
    return true;
  }

  /**
   * Checks that a source holds exactly the tensors of a model directory, of a type that weights may
   * have.
   *
   * @param what the source, as the error message calls it
   * @throws CheckpointException if not; its message lists every missing, extra or misshapen tensor
   */
  public void checkStored(String what, TensorSource source) {
    check(what, source, stored, Dtype::isWeightType);
  }

  /**
   * Checks that a source holds exactly the reference's tensors; of tied ones, the second name may
   * be missing.
   *
   * @param what the source, as the error message calls it
   * @throws CheckpointException if not; its message lists every missing, extra or misshapen tensor
   */
  public void checkStateDict(String what, TensorSource source) {
    check(what, source, stateDict, Dtype::isFloat);
  }

  private void check(
      String what, TensorSource source, Map<String, Shape> allowed, Predicate<Dtype> isRightType) {
    List<String> problems = new ArrayList<>();
    stored.forEach(
        (name, shape) -> {
          if (!source.names().contains(name)) {
            problems.add("missing: %s %s".formatted(name, shape));
          }
        });
    for (String name : source.names()) {
      Shape expected = allowed.get(name);
      TensorInfo info = source.info(name);
      if (expected == null) {
        problems.add("unexpected: %s %s".formatted(name, info.shape()));
      } else if (!expected.equals(info.shape())) {
        problems.add("misshapen: %s is %s, needed is %s".formatted(name, info.shape(), expected));
      } else if (!isRightType.test(info.dtype())) {
        problems.add("of a wrong type: %s is %s".formatted(name, info.dtype()));
      }
    }
    if (!problems.isEmpty()) {
      throw new CheckpointException(
          "%s does not fit the configuration %s (%d problems):\n  %s"
              .formatted(what, config.name(), problems.size(), String.join("\n  ", problems)));
    }
  }
}
