package org.omnimamba.model.kernel;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;

/**
 * Random parameters of all layers that {@link StateKernel} takes, and the layer that is tested.
 *
 * @param ups the adapters' second matrices, of understanding and of drawing
 * @param dtBias so that step sizes are small and large
 */
record StateParameters(
    LanguageModelConfig config,
    int layer,
    List<HostBuffer> ups,
    HostBuffer convWeight,
    HostBuffer convBias,
    HostBuffer dtBias,
    HostBuffer logDecay,
    HostBuffer skip,
    HostBuffer norm) {

  /** Two heads of 16 columns, a state of 8, adapters of rank 4, two layers. */
  static LanguageModelConfig tinyConfig() {
    LoraConfig lora = new LoraConfig(4, 8, 0);
    return new LanguageModelConfig(16, 2, 8, 16, 2, 4, 32, 1e-5f, lora, 8, 8, 2, 2, 4, 12, 12);
  }

  static StateParameters random(Numbers numbers, LanguageModelConfig config, int layer) {
    int layers = config.layers();
    int channels = layers * config.convDim();
    int heads = layers * config.heads();
    int up = layers * config.inProjDim() * config.lora().rank();
    return new StateParameters(
        config,
        layer,
        List.of(numbers.buffer(Element.BF16, up), numbers.buffer(Element.BF16, up)),
        numbers.buffer(Element.BF16, channels * config.dConv()),
        numbers.buffer(Element.F32, channels),
        HostBuffer.of(Element.F32, numbers.between(-4, 1, heads)),
        HostBuffer.of(Element.F32, numbers.between(0, 2, heads)),
        numbers.buffer(Element.F32, heads),
        HostBuffer.of(Element.F32, numbers.between(0.5, 1.5, layers * config.dInner())));
  }

  /** A parameter's element in the tested layer. */
  float get(HostBuffer parameter, int place) {
    return parameter.get(layer * (parameter.size() / config.layers()) + place);
  }
}
