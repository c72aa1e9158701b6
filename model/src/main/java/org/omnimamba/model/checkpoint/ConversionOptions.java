package org.omnimamba.model.checkpoint;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.Dtype;

/**
 * What a conversion may be told.
 *
 * @param dtype type of the weights written, {@link Dtype#F32}, {@link Dtype#BF16}, or {@link
 *     Dtype#I8}: int8 with a scale for each row in {@link
 *     org.omnimamba.model.checkpoint.schema.StepMatrices}, bfloat16 in all others
 * @param vq a file with the image tokenizer alone, whose tensors take the place of those in the
 *     checkpoint; null if the checkpoint holds it
 * @param tokenizer a {@code tokenizer.json}; null if one stands beside the checkpoint
 * @param config a description of the model; null if it is one of the released sizes
 * @param maxShardBytes size of a file from which on the weights are written in several
 */
public record ConversionOptions(
    Dtype dtype,
    @Nullable Path vq,
    @Nullable Path tokenizer,
    @Nullable Path config,
    long maxShardBytes) {

  private static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  public ConversionOptions {
    if (dtype != Dtype.F32 && dtype != Dtype.BF16 && dtype != Dtype.I8) {
      throw new IllegalArgumentException("dtype must be F32, BF16 or I8, is " + dtype);
    }
    if (maxShardBytes <= 0) {
      throw new IllegalArgumentException("maxShardBytes must be positive, is " + maxShardBytes);
    }
  }

  /** float32, everything found in and beside the checkpoint. */
  public static ConversionOptions defaults() {
    return new ConversionOptions(Dtype.F32, null, null, null, DEFAULT_SHARD_BYTES);
  }

  public ConversionOptions withDtype(Dtype value) {
    return new ConversionOptions(value, vq, tokenizer, config, maxShardBytes);
  }

  public ConversionOptions withVq(@Nullable Path value) {
    return new ConversionOptions(dtype, value, tokenizer, config, maxShardBytes);
  }

  public ConversionOptions withTokenizer(@Nullable Path value) {
    return new ConversionOptions(dtype, vq, value, config, maxShardBytes);
  }

  public ConversionOptions withConfig(@Nullable Path value) {
    return new ConversionOptions(dtype, vq, tokenizer, value, maxShardBytes);
  }

  public ConversionOptions withMaxShardBytes(long value) {
    return new ConversionOptions(dtype, vq, tokenizer, config, value);
  }
}
