package org.omnimamba.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.OverlaidSource;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.checkpoint.torch.PthReader;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.text.TokenizerDefinitions;

/**
 * Turns a checkpoint of the reference, or a model directory, into a model directory. Everything is
 * checked before the first byte is written, and the directory appears whole or not at all.
 */
public final class CheckpointConverter {
  private static final int COMPARE_BYTES = 1 << 20;

  /** What a model directory may have besides, which weights of another type do not change. */
  private static final List<String> KEPT_FILES =
      List.of(GenerationDefaults.FILE, Checkpoint.LICENSES_FILE);

  private CheckpointConverter() {}

  /**
   * Converts.
   *
   * @param checkpoint a {@code .pth} file, safetensors with the same names, or a model directory,
   *     whose configuration and tokenizer are taken then unless others are given
   * @param out a directory that is absent or empty
   * @return the model's configuration
   * @throws CheckpointException if the checkpoint is damaged, hostile, or does not fit its
   *     configuration, or if {@code out} cannot be written; no file of it remains
   * @throws org.omnimamba.model.config.InvalidConfigException if the configuration file is wrong
   * @throws org.omnimamba.model.text.InvalidTokenizerException if the tokenizer is damaged or
   *     belongs to another model
   */
  public static ModelConfig convert(Path checkpoint, Path out, ConversionOptions options) {
    Path tokenizer = tokenizer(checkpoint, options);
    try (TensorSource source = source(checkpoint, options)) {
      ModelConfig config = config(checkpoint, source, options);
      TensorSchema schema = TensorSchema.of(config);
      schema.checkStateDict(checkpoint.toString(), source);
      checkTied(checkpoint, source);
      String tokenizerJson = TokenizerDefinitions.completed(tokenizer, config);
      try (StagedDirectory directory = StagedDirectory.create(out)) {
        ConfigWriter.write(directory.path().resolve(Checkpoint.CONFIG_FILE), config);
        Files.writeString(directory.path().resolve(Checkpoint.TOKENIZER_FILE), tokenizerJson);
        keepFiles(checkpoint, directory.path());
        ModelDirectory.writeWeights(source, schema, directory.path(), options);
        directory.commit();
      }
      return config;
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot write %s: %s".formatted(out, PositionalFile.reason(e)), e);
    }
  }

  /**
   * Removes what conversions to this directory left that were killed.
   *
   * @param out to which the caller knows that no conversion runs
   */
  public static void removeUnfinished(Path out) throws IOException {
    StagedDirectory.removeUnfinished(out);
  }

  /**
   * Whether a checkpoint holds the image tokenizer, so that no file with it is needed.
   *
   * @throws CheckpointException if the checkpoint is damaged or hostile
   */
  public static boolean holdsImageTokenizer(Path checkpoint) {
    try (TensorSource source = TensorFiles.open(checkpoint)) {
      return source.names().stream().anyMatch(name -> name.startsWith(ParameterNames.VQ));
    }
  }

  private static void keepFiles(Path checkpoint, Path out) throws IOException {
    for (String name : KEPT_FILES) {
      Path file = checkpoint.resolve(name);
      if (Files.isRegularFile(file)) {
        Files.copy(file, out.resolve(name));
      }
    }
  }

  private static TensorSource source(Path checkpoint, ConversionOptions options) {
    TensorSource base = TensorFiles.open(checkpoint);
    if (options.vq() == null) {
      return base;
    }
    try {
      return new OverlaidSource(base, TensorFiles.open(options.vq()), ParameterNames.VQ);
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  private static Path tokenizer(Path checkpoint, ConversionOptions options) {
    Path given = options.tokenizer();
    boolean directory = Files.isDirectory(checkpoint);
    Path usual =
        directory
            ? checkpoint.resolve(Checkpoint.TOKENIZER_FILE)
            : checkpoint.resolveSibling(Checkpoint.TOKENIZER_FILE);
    Path tokenizer = given != null ? given : usual;
    if (!Files.isRegularFile(tokenizer)) {
      throw new CheckpointException(
          given != null
              ? "%s: no such file".formatted(given)
              : "there is no %s %s %s; name one (the released models use GPT-NeoX-20B's)"
                  .formatted(Checkpoint.TOKENIZER_FILE, directory ? "in" : "beside", checkpoint));
    }
    return tokenizer;
  }

  private static ModelConfig config(
      Path checkpoint, TensorSource source, ConversionOptions options) {
    if (options.config() != null) {
      return ConfigReader.readReference(options.config(), stem(checkpoint));
    }
    Path own = checkpoint.resolve(Checkpoint.CONFIG_FILE);
    if (Files.isRegularFile(own)) {
      return ConfigReader.read(own);
    }
    String embedding = ParameterNames.TEXT_EMBEDDING;
    if (!source.names().contains(embedding)) {
      throw new CheckpointException(
          "%s is no OmniMamba checkpoint: it has no tensor %s".formatted(checkpoint, embedding));
    }
    long width = source.info(embedding).shape().get(-1);
    for (ModelConfig preset : List.of(ModelPresets.omniMamba1_3B(), ModelPresets.omniMambaL())) {
      if (preset.language().dModel() == width) {
        return preset;
      }
    }
    throw new CheckpointException(
        "%s has width %d, which is neither released size; a configuration file must tell the rest"
            .formatted(checkpoint, width));
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static void checkTied(Path checkpoint, TensorSource source) {
    TensorSchema.TIED.forEach(
        (alias, name) -> {
          if (source.names().contains(alias) && !areEqual(source, alias, name)) {
            throw new CheckpointException(
                "%s is refused: %s and %s are one tensor in the model, but differ here"
                    .formatted(checkpoint, alias, name));
          }
        });
  }

  private static boolean areEqual(TensorSource source, String one, String other) {
    TensorInfo info = source.info(one);
    if (!info.equals(source.info(other))) {
      return false;
    }
    if (source instanceof PthReader pth && pth.shareView(one, other)) {
      return true;
    }
    ByteBuffer first = ByteBuffer.allocate(COMPARE_BYTES);
    ByteBuffer second = ByteBuffer.allocate(COMPARE_BYTES);
    for (long at = 0; at < info.byteSize(); at += first.limit()) {
      int count = (int) Math.min(COMPARE_BYTES, info.byteSize() - at);
      source.readInto(one, at, first.clear().limit(count));
      source.readInto(other, at, second.clear().limit(count));
      if (!first.flip().equals(second.flip())) {
        return false;
      }
    }
    return true;
  }
}
