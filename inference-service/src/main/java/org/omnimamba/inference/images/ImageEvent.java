package org.omnimamba.inference.images;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.images.ImageResult.TruncationNote;
import org.omnimamba.inference.images.ImageResult.Usage;

/** Events of a streamed answer; {@link #type()} is both the event's name and its first field. */
sealed interface ImageEvent {
  String type();

  /** A picture that is not finished; {@code partialImageIndex} counts from zero. */
  record Partial(
      @JsonProperty("type") String type,
      @JsonProperty("b64_json") String base64,
      @JsonProperty("created_at") long createdAt,
      @JsonProperty("size") String size,
      @JsonProperty("quality") String quality,
      @JsonProperty("background") String background,
      @JsonProperty("output_format") String outputFormat,
      @JsonProperty("partial_image_index") int partialImageIndex,
      @JsonProperty("image_index") int imageIndex)
      implements ImageEvent {}

  /** A finished picture; {@code usage} counts this picture, and the prompt with the first. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Completed(
      @JsonProperty("type") String type,
      @JsonProperty("b64_json") String base64,
      @JsonProperty("created_at") long createdAt,
      @JsonProperty("size") String size,
      @JsonProperty("quality") String quality,
      @JsonProperty("background") String background,
      @JsonProperty("output_format") String outputFormat,
      @JsonProperty("usage") Usage usage,
      @JsonProperty("image_index") int imageIndex,
      @JsonProperty("token_ids") @Nullable List<Integer> tokenIds,
      @JsonProperty("truncation") @Nullable TruncationNote truncation)
      implements ImageEvent {}

  /** How far one picture has come. */
  record Progress(
      @JsonProperty("type") String type,
      @JsonProperty("image_index") int imageIndex,
      @JsonProperty("tokens_done") int tokensDone,
      @JsonProperty("tokens_total") int tokensTotal)
      implements ImageEvent {}
}
