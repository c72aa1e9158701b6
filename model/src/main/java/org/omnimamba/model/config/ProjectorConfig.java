package org.omnimamba.model.config;

/**
 * The three-layer projector from tower features to embeddings (Linear, GELU, Linear, GELU, Linear).
 *
 * @param inDim width of the concatenated tower features
 * @param hiddenDim width of the first hidden layer, {@code 4 * inDim} in the reference
 * @param outDim width of the language model
 */
public record ProjectorConfig(int inDim, int hiddenDim, int outDim) {
  public ProjectorConfig {
    Limits.check("projector.in_dim", inDim, 1, Limits.ROWS);
    Limits.check("projector.hidden", hiddenDim, 1, Limits.ROWS);
    Limits.check("projector.out", outDim, 1, Limits.WIDTH);
  }
}
