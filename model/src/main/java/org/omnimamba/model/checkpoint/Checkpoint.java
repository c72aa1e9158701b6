package org.omnimamba.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Int8Matrix;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.model.config.InvalidConfigException;
import org.omnimamba.model.config.ModelConfig;

/**
 * A model directory: configuration, tokenizer and every tensor, checked against the configuration
 * when it is opened. Layout:
 *
 * <pre>
 * config.json         sizes of every part
 * tokenizer.json      byte-level BPE
 * model.safetensors   all tensors, or model-00001-of-000NN.safetensors and an index
 * manifest.json       length and SHA-256 of each of these
 * </pre>
 */
public final class Checkpoint implements TensorSource {
  public static final String CONFIG_FILE = "config.json";
  public static final String TOKENIZER_FILE = "tokenizer.json";

  /** Licences and attributions; optional. */
  public static final String LICENSES_FILE = "LICENSES.md";

  private final Path directory;
  private final ModelConfig config;
  private final TensorSchema schema;
  private final TensorSource tensors;

  private Checkpoint(
      Path directory, ModelConfig config, TensorSchema schema, TensorSource tensors) {
    this.directory = directory;
    this.config = config;
    this.schema = schema;
    this.tensors = tensors;
  }

  /**
   * Opens a model directory. Headers and the scales of matrices in int8 are read, other tensors are
   * not.
   *
   * @throws CheckpointException if a file is missing or damaged, or if a tensor is missing, extra,
   *     misshapen or of a type other than float32, float16, bfloat16, or int8 with its scales; the
   *     message lists all of them
   */
  public static Checkpoint open(Path directory) {
    ModelConfig config = readConfig(directory);
    TensorSchema schema = TensorSchema.of(config);
    TensorSource tensors = Safetensors.openValues(directory);
    try {
      schema.checkStored(directory.toString(), tensors);
      return new Checkpoint(directory, config, schema, tensors);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /**
   * Opens a model directory after comparing each file with the manifest's SHA-256, which reads all
   * of it once.
   *
   * @throws CheckpointException as {@link #open}, or if a file is not as it was written
   */
  public static Checkpoint openVerified(Path directory) {
    Manifest.read(directory).verify(directory);
    return open(directory);
  }

  private static ModelConfig readConfig(Path directory) {
    try {
      return ConfigReader.read(directory.resolve(CONFIG_FILE));
    } catch (InvalidConfigException e) {
      throw new CheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  public Path directory() {
    return directory;
  }

  public ModelConfig config() {
    return config;
  }

  /**
   * How the model is best asked.
   *
   * @throws CheckpointException if the directory says so in a wrong way
   */
  public GenerationDefaults generation() {
    try {
      return GenerationDefaults.read(directory);
    } catch (InvalidConfigException e) {
      throw new CheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  public TensorSchema schema() {
    return schema;
  }

  /** Where the tokenizer stands. */
  public Path tokenizerFile() {
    return directory.resolve(TOKENIZER_FILE);
  }

  /** The names that {@link TensorSchema#stored} asks for. */
  @Override
  public Set<String> names() {
    return tensors.names();
  }

  @Override
  public TensorInfo info(String name) {
    return tensors.info(name);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    tensors.readInto(name, offset, target);
  }

  @Override
  public Optional<Int8Matrix> int8(String name) {
    return tensors.int8(name);
  }

  /** Whether any weights are in int8. */
  public boolean hasInt8() {
    return names().stream().anyMatch(name -> int8(name).isPresent());
  }

  @Override
  public void close() {
    tensors.close();
  }
}
