package org.omnimamba.model.graph;

/** Prefixes of the language model's parameters in a checkpoint. */
public final class LanguageModelNames {
  /** Everything of the language model but the tied heads. */
  public static final String BACKBONE = "llm_backbone.mamba.backbone";

  private LanguageModelNames() {}

  /** Prefix of one layer, without a dot at its end. */
  public static String layer(int layer) {
    return BACKBONE + ".layers." + layer;
  }
}
