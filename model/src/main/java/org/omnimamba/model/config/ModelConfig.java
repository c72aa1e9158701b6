package org.omnimamba.model.config;

/**
 * Sizes of a whole OmniMamba model (arXiv 2503.08686).
 *
 * @param name what the API calls the model, for example {@code omnimamba-1.3b}
 * @param language the Mamba-2 language model with both vocabularies
 * @param vision the towers that look at an input image
 * @param projector the network from tower features to language-model embeddings
 * @param vq the image tokenizer
 * @param specialTokens ids of the tokens that the prompt layouts use
 */
public record ModelConfig(
    String name,
    LanguageModelConfig language,
    VisionConfig vision,
    ProjectorConfig projector,
    VqConfig vq,
    SpecialTokens specialTokens) {

  public ModelConfig {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new InvalidConfigException(
          "name is '%s'; letters, digits, '.', '_' and '-' are allowed".formatted(name));
    }
    specialTokens.requireBelow(language.textVocabSize());
    if (projector.inDim() != vision.featureDim()) {
      throw new InvalidConfigException(
          "projector.in_dim is %d, but the towers together give %d features"
              .formatted(projector.inDim(), vision.featureDim()));
    }
    if (projector.outDim() != language.dModel()) {
      throw new InvalidConfigException(
          "projector.out is %d, but d_model is %d"
              .formatted(projector.outDim(), language.dModel()));
    }
    if (vq.codebookSize() != language.imageVocabSize()) {
      throw new InvalidConfigException(
          "vq.codebook_size is %d, but image_vocab is %d"
              .formatted(vq.codebookSize(), language.imageVocabSize()));
    }
  }
}
