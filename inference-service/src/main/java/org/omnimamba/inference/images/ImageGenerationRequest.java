package org.omnimamba.inference.images;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.SamplingFields;
import tools.jackson.databind.JsonNode;

/**
 * An image request as it came. OpenAI's fields mean what they mean there; the sampling fields,
 * {@code return_token_ids}, {@code stream_options} and {@code truncation} are ours.
 *
 * @param size the one size that the model draws, {@code auto}, or a size of OpenAI's models, which
 *     counts as {@code auto}
 * @param responseFormat only {@code b64_json}; the gateway makes addresses of pictures for those
 *     who ask for {@code url}
 * @param outputFormat {@code png} or {@code jpeg}
 * @param outputCompression JPEG quality, 0 to 100
 * @param others every other field
 */
@Schema(name = "ImageGenerationRequest")
record ImageGenerationRequest(
    @JsonProperty("model") @Nullable String model,
    @JsonProperty("prompt") @Nullable String prompt,
    @JsonProperty("n") @Nullable Integer n,
    @JsonProperty("size") @Nullable String size,
    @JsonProperty("response_format") @Nullable String responseFormat,
    @JsonProperty("output_format") @Nullable String outputFormat,
    @JsonProperty("output_compression") @Nullable Integer outputCompression,
    @JsonProperty("stream") @Nullable Boolean stream,
    @JsonProperty("partial_images") @Nullable Integer partialImages,
    @JsonProperty("stream_options") @Nullable StreamOptions streamOptions,
    @JsonProperty("temperature") @Nullable Double temperature,
    @JsonProperty("top_p") @Nullable Double topP,
    @JsonProperty("top_k") @Nullable Integer topK,
    @JsonProperty("min_p") @Nullable Double minP,
    @JsonProperty("repetition_penalty") @Nullable Double repetitionPenalty,
    @JsonProperty("seed") @Nullable Long seed,
    @JsonProperty("return_token_ids") @Nullable Boolean returnTokenIds,
    @JsonProperty("truncation") @Nullable String truncation,
    @JsonAnySetter @Hidden Map<String, JsonNode> others)
    implements SamplingFields {

  ImageGenerationRequest {
    others = Objects.requireNonNullElse(others, Map.of());
  }

  /**
   * What a stream carries beside pictures.
   *
   * @param includeProgress whether each token is told
   */
  @Schema(name = "ImageStreamOptions")
  record StreamOptions(
      @JsonProperty("include_progress") @Nullable Boolean includeProgress,
      @JsonAnySetter @Hidden Map<String, JsonNode> others) {
    StreamOptions {
      others = Objects.requireNonNullElse(others, Map.of());
    }
  }
}
