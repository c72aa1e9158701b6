package org.omnimamba.hub.models;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.Dtype;

/**
 * Which model is wanted, and how. Each part is {@code hf:OWNER/NAME[@REVISION][:FILE]}, an address
 * of the web, or a path.
 *
 * @param checkpoint on a hub or in the web
 * @param vq the image tokenizer's own weights; null for those in the checkpoint, or else the ones
 *     that the reference takes
 * @param tokenizer a {@code tokenizer.json}; null for the one beside the checkpoint, or else
 *     GPT-NeoX-20B's
 * @param config what shapes cannot tell; null for the file beside the checkpoint that is called as
 *     it but ends in {@code .json}, or else a released size
 * @param dtype of the weights written
 * @param discard whether what was fetched is deleted after the conversion
 * @param sha256 of a checkpoint of the web; null if nobody said
 */
public record FetchRequest(
    String checkpoint,
    @Nullable String vq,
    @Nullable String tokenizer,
    @Nullable String config,
    Dtype dtype,
    boolean discard,
    @Nullable String sha256) {

  /** A model with everything that belongs to it by itself, in float32. */
  public static FetchRequest of(String checkpoint) {
    return new FetchRequest(checkpoint, null, null, null, Dtype.F32, false, null);
  }

  public FetchRequest withDtype(Dtype value) {
    return new FetchRequest(checkpoint, vq, tokenizer, config, value, discard, sha256);
  }

  public FetchRequest withVq(@Nullable String value) {
    return new FetchRequest(checkpoint, value, tokenizer, config, dtype, discard, sha256);
  }

  public FetchRequest withTokenizer(@Nullable String value) {
    return new FetchRequest(checkpoint, vq, value, config, dtype, discard, sha256);
  }

  public FetchRequest withConfig(@Nullable String value) {
    return new FetchRequest(checkpoint, vq, tokenizer, value, dtype, discard, sha256);
  }

  public FetchRequest withDiscard(boolean value) {
    return new FetchRequest(checkpoint, vq, tokenizer, config, dtype, value, sha256);
  }

  public FetchRequest withSha256(@Nullable String value) {
    return new FetchRequest(checkpoint, vq, tokenizer, config, dtype, discard, value);
  }
}
