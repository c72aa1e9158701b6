package org.omnimamba.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.checkpoint.safetensors.WeightsWriter;
import org.omnimamba.model.checkpoint.schema.InitialValues;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorCodec;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;
import org.tensorflow.ndarray.Shape;

/**
 * Writes models that were never trained, with the reference's initial values. A seed gives the same
 * weights on every machine. Written front to back in small pieces, so that a model of any size can
 * be made in little memory.
 */
public final class RandomModel {
  private static final int BUFFER_BYTES = 1 << 20;

  private RandomModel() {}

  /**
   * Writes a float32 model with a tokenizer that knows single bytes and the special tokens.
   *
   * @param directory absent or empty
   * @throws CheckpointException if the directory cannot be written; no file of it remains
   * @throws org.omnimamba.model.text.InvalidTokenizerException if the vocabulary has no room for
   *     256 bytes
   */
  public static void write(Path directory, ModelConfig config, long seed) {
    write(directory, config, seed, Dtype.F32, TokenizerDefinitions.bytesOnly(config));
  }

  /**
   * Writes a model.
   *
   * @param directory absent or empty
   * @param dtype {@link Dtype#F32} or {@link Dtype#BF16}
   * @param tokenizerJson the text of its {@code tokenizer.json}
   * @throws CheckpointException if the directory cannot be written; no file of it remains
   */
  public static void write(
      Path directory, ModelConfig config, long seed, Dtype dtype, String tokenizerJson) {
    ConversionOptions options = ConversionOptions.defaults().withDtype(dtype);
    try (StagedDirectory staged = StagedDirectory.create(directory)) {
      ConfigWriter.write(staged.path().resolve(Checkpoint.CONFIG_FILE), config);
      Files.writeString(staged.path().resolve(Checkpoint.TOKENIZER_FILE), tokenizerJson);
      writeWeights(staged.path(), config, seed, options);
      staged.commit();
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot write %s: %s".formatted(directory, PositionalFile.reason(e)), e);
    }
  }

  private static void writeWeights(
      Path directory, ModelConfig config, long seed, ConversionOptions options) throws IOException {
    Map<String, Shape> shapes = TensorSchema.of(config).stored();
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(options.dtype(), shape)));
    InitialValues initial = new InitialValues(config);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (WeightsWriter writer = WeightsWriter.create(directory, tensors, options.maxShardBytes())) {
      for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
        String name = tensor.getKey();
        InitialValues.Values values = initial.of(name, shapes, seed);
        for (long left = tensor.getValue().elements(); left > 0; ) {
          left -= fill(buffer, options.dtype(), left, values);
          writer.append(name, buffer);
        }
      }
      writer.finish();
    }
  }

  private static int fill(ByteBuffer buffer, Dtype dtype, long left, InitialValues.Values values) {
    buffer.clear();
    int count = (int) Math.min(buffer.capacity() / dtype.bytes(), left);
    for (int i = 0; i < count; i++) {
      TensorCodec.put(buffer, dtype, values.next());
    }
    buffer.flip();
    return count;
  }
}
