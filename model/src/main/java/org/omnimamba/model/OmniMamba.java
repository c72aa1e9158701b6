package org.omnimamba.model;

import java.nio.file.Path;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.CompileListener;
import org.omnimamba.model.device.CompileTimes;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.model.runtime.vision.PartOptions;
import org.omnimamba.model.runtime.vision.VisionEncoder;
import org.omnimamba.model.text.Tokenizer;

/**
 * A whole model, loaded: tokenizer, language model, vision and image tokenizer over one program.
 * One thread at a time calls its parts, or one calls the language model and another one vision and
 * image tokenizer; it owns everything native and releases it when closed.
 */
public final class OmniMamba implements AutoCloseable {
  private final ModelConfig config;
  private final GenerationDefaults generation;
  private final Tokenizer tokenizer;
  private final DeviceProgram program;
  private final LanguageModel language;
  private final VisionEncoder vision;
  private final ImageTokenizer images;

  private OmniMamba(
      ModelConfig config,
      GenerationDefaults generation,
      Tokenizer tokenizer,
      DeviceProgram program,
      LanguageModel language,
      VisionEncoder vision,
      ImageTokenizer images) {
    this.config = config;
    this.generation = generation;
    this.tokenizer = tokenizer;
    this.program = program;
    this.language = language;
    this.vision = vision;
    this.images = images;
  }

  /**
   * Loads a model directory.
   *
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if the directory's files are
   *     missing, damaged or do not fit one another
   */
  public static OmniMamba load(Path modelDirectory, RuntimeOptions options) {
    try (Checkpoint checkpoint = Checkpoint.open(modelDirectory)) {
      Tokenizer tokenizer = Tokenizer.open(checkpoint.tokenizerFile());
      DeviceProgram program = new DeviceProgram(options.execution());
      try {
        tokenizer.requireMatches(checkpoint.config());
        return load(checkpoint, tokenizer, program, options);
      } catch (RuntimeException | Error e) {
        program.close();
        tokenizer.close();
        throw e;
      }
    }
  }

  private static OmniMamba load(
      Checkpoint checkpoint, Tokenizer tokenizer, DeviceProgram program, RuntimeOptions options) {
    ModelConfig config = checkpoint.config();
    GenerationDefaults generation = checkpoint.generation();
    // the largest part first, while little else is in memory
    LanguageModel language = LanguageModel.load(program, checkpoint, config, options);
    PartOptions parts = PartOptions.of(options.execution(), options.storage(), options.precision());
    VisionEncoder vision = VisionEncoder.load(program, checkpoint, config, parts);
    ImageTokenizer images = ImageTokenizer.load(program, checkpoint, config, parts);
    return new OmniMamba(config, generation, tokenizer, program, language, vision, images);
  }

  public ModelConfig config() {
    return config;
  }

  /** How the model is best asked, where the one who asks does not say. */
  public GenerationDefaults generation() {
    return generation;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public LanguageModel language() {
    return language;
  }

  public VisionEncoder vision() {
    return vision;
  }

  public ImageTokenizer images() {
    return images;
  }

  /** Bytes of all weights and states on the device. */
  public long deviceBytes() {
    return program.variables().byteSize();
  }

  /** See {@link DeviceProgram#functions}. */
  public int functions() {
    return program.functions();
  }

  /** Functions that XLA has compiled so far. */
  public int compiledFunctions() {
    return program.compiledFunctions();
  }

  /** See {@link DeviceProgram#compileFor}. */
  public CompileTimes compileFor(Runnable calls, int threads, CompileListener listener) {
    return program.compileFor(calls, threads, listener);
  }

  /** Releases everything. No part may be in use. */
  @Override
  public void close() {
    program.close();
    tokenizer.close();
  }
}
