package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;

/**
 * Sizes that the kernels of a layer share.
 *
 * @param batch rows of a step, or positions of a prompt's piece
 */
public record LayerSizes(LanguageModelConfig config, int batch) {

  /** Rows of {@code in_proj}: z, x, B, C and dt. */
  public int projected() {
    return config.dInner() + config.convDim() + config.heads();
  }

  /** Width of a row that {@code in_proj} leaves: its own rows, then those of two adapters. */
  public int projectedWithAdapters() {
    return projected() + 2 * config.lora().rank();
  }
}
