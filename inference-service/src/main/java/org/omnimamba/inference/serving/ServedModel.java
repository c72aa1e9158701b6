package org.omnimamba.inference.serving;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InferenceProperties.Limits;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Tokenizer;
import org.springframework.http.HttpStatus;

/**
 * The host's part of the model that is served: configuration, text and picture preparation. Nothing
 * in it touches the device; all of it is safe for many threads.
 */
public final class ServedModel implements AutoCloseable {
  private final ModelConfig config;
  private final GenerationDefaults generation;
  private final Tokenizer tokenizer;
  private final PromptLayouts layouts;
  private final ImageDecoder decoder;
  private final ImagePreprocessor preprocessor;

  private ServedModel(
      ModelConfig config, GenerationDefaults generation, Tokenizer tokenizer, Limits limits) {
    this.config = config;
    this.generation = generation;
    this.tokenizer = tokenizer;
    this.layouts = PromptLayouts.plain(config, tokenizer);
    this.decoder =
        new ImageDecoder(
            new ImageLimits(
                Math.toIntExact(limits.image().toBytes()),
                limits.imageSide(),
                limits.imagePixels()));
    this.preprocessor = new ImagePreprocessor(config.vision());
  }

  /**
   * Reads a model directory's configuration and tokenizer and checks the names, types and shapes of
   * its weights, without loading them.
   *
   * @throws RuntimeException saying what is wrong with the directory
   */
  public static ServedModel open(Path directory, Limits limits) {
    ModelConfig config;
    GenerationDefaults generation;
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      config = checkpoint.config();
      generation = checkpoint.generation();
    }
    Tokenizer tokenizer = Tokenizer.open(directory.resolve(Checkpoint.TOKENIZER_FILE));
    try {
      return new ServedModel(config, generation, tokenizer, limits);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  public ModelConfig config() {
    return config;
  }

  /** What holds where a request does not say. */
  public GenerationDefaults generation() {
    return generation;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public PromptLayouts layouts() {
    return layouts;
  }

  /** The name clients ask for. */
  public String name() {
    return config.name();
  }

  /**
   * Refuses any other model's name.
   *
   * @param requested what the client asked for; null means this model
   */
  public void requireName(@Nullable String requested) {
    if (requested != null && !requested.equals(name())) {
      throw ApiException.client(
          HttpStatus.NOT_FOUND,
          "model",
          "model_not_found",
          "This server serves the model '%s', not the one requested.".formatted(name()));
    }
  }

  /**
   * Decodes a picture and prepares it for the towers.
   *
   * @throws org.omnimamba.model.image.InvalidImageException if the bytes are no picture within the
   *     limits
   */
  public ImagePixels pixels(byte[] encoded) {
    return preprocessor.prepare(decoder.decode(encoded));
  }

  /** A new sequence of this model. */
  public Sequence sequence(Prompt prompt, GenerationOptions options) {
    return new Sequence(config, tokenizer, prompt, options);
  }

  /** Size of a drawn picture as clients write it, {@code widthxheight}. */
  public String imageSize() {
    int factor = config.vq().downsampleFactor();
    return config.language().imageGridWidth() * factor
        + "x"
        + config.language().imageGridHeight() * factor;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
