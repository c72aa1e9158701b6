package org.omnimamba.model.runtime.language;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.weights.ImageTokenTable;
import org.omnimamba.model.weights.MergedAdapters;
import org.omnimamba.model.weights.ParameterStore;
import org.omnimamba.model.weights.WeightLayout;

/** The language model's weights on a device. */
final class LanguageParameters {
  private static final String LAYERS = Backbone.PREFIX + ".layers.";

  private final ParameterStore parameters;
  private final DeviceVariable imageTokens;
  private final RuntimeOptions options;

  private LanguageParameters(
      ParameterStore parameters, DeviceVariable imageTokens, RuntimeOptions options) {
    this.parameters = parameters;
    this.imageTokens = imageTokens;
    this.options = options;
  }

  /** Loads all tensors, one by one or in stacks over the layers. */
  static LanguageParameters load(
      DeviceVariables variables,
      TensorSource checkpoint,
      LanguageModelConfig config,
      RuntimeOptions options) {
    // first, while little else is in memory
    DeviceVariable imageTokens =
        ImageTokenTable.create(variables, checkpoint, config, options.execution());
    ParameterStore parameters = new ParameterStore(variables, options.storage());
    TensorSource source =
        options.mergedLora() ? new MergedAdapters(checkpoint, config.lora()) : checkpoint;
    List<String> ofLayer = new ArrayList<>();
    List<String> single = new ArrayList<>();
    for (String name : source.names()) {
      if (name.startsWith(LAYERS + "0.")) {
        ofLayer.add(name.substring((LAYERS + "0").length()));
      } else if (name.startsWith(Backbone.PREFIX + ".")
          && !name.startsWith(LAYERS)
          && !name.startsWith(ImageTokenTable.PROJECTION)) {
        single.add(name);
      }
    }
    Map<String, List<String>> stacks = new LinkedHashMap<>();
    for (String local : ofLayer) {
      List<String> names = new ArrayList<>();
      for (int layer = 0; layer < config.layers(); layer++) {
        names.add(LAYERS + layer + local);
      }
      stacks.put(LAYERS + "all" + local, names);
    }
    if (options.layout() == WeightLayout.STACKED) {
      parameters.loadStacked(source, stacks);
    } else {
      stacks.values().forEach(single::addAll);
    }
    parameters.load(source, single);
    return new LanguageParameters(parameters, imageTokens, options);
  }

  /** The backbone's context inside a function. */
  BlockContext context(FunctionScope scope) {
    BlockContext context =
        new BlockContext(scope.tf(), parameters.in(scope), options.precision()).in(Backbone.PREFIX);
    return scope.compiledForCpu() ? context.streamingFewRows() : context;
  }

  /**
   * A parameter of all layers in one variable, {@code [layers, ...]}; only where layers are
   * stacked.
   *
   * @param local name inside a layer, such as {@code mixer.D}
   */
  DeviceVariable stacked(String local) {
    return parameters.variable(LAYERS + "0." + local);
  }

  /** A parameter outside of the layers, such as {@code embedding.weight}. */
  DeviceVariable table(String local) {
    return parameters.variable(Backbone.PREFIX + "." + local);
  }

  /** Weight of the norm after the last layer, {@code [dModel]}. */
  DeviceVariable finalNorm() {
    return parameters.variable(Backbone.PREFIX + ".norm_f.weight");
  }

  /** Position embeddings of understanding prompts, {@code [1, mmuPositions, dModel]}. */
  DeviceVariable mmuPositions() {
    return table(TokenEmbeddings.positionsName(Task.MMU));
  }

  /** Embeddings of all image tokens, {@code [imageVocabulary, dModel]}. */
  DeviceVariable imageTokens() {
    return imageTokens;
  }
}
