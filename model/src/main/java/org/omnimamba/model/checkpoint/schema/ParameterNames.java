package org.omnimamba.model.checkpoint.schema;

/** Where each part's parameters stand in the reference's state dict. */
public final class ParameterNames {
  public static final String VISION = "vision_backbone.";
  public static final String VQ = "llm_backbone.vqvae.";
  public static final String LANGUAGE = "llm_backbone.mamba.";
  public static final String PROJECTOR = "projector.";

  /** The text embedding; also the head of understanding. */
  public static final String TEXT_EMBEDDING = LANGUAGE + "backbone.embedding.weight";

  /** The image-token table; also the head of text-to-image. */
  public static final String IMAGE_EMBEDDING =
      LANGUAGE + "backbone.img_embeddings.word_embeddings.weight";

  /** Another name of {@link #TEXT_EMBEDDING} in the reference's files. */
  static final String TEXT_HEAD = LANGUAGE + "lm_head.weight";

  /** Another name of {@link #IMAGE_EMBEDDING} in the reference's files. */
  static final String IMAGE_HEAD = LANGUAGE + "img_head.weight";

  private ParameterNames() {}

  /** For example {@code tower("dino")} is {@code vision_backbone.dino_featurizer.} */
  public static String tower(String name) {
    return VISION + name + "_featurizer.";
  }

  /** Layer {@code index} of the language model. */
  public static String layer(int index) {
    return LANGUAGE + "backbone.layers." + index + ".";
  }
}
