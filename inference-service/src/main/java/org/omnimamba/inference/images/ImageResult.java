package org.omnimamba.inference.images;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole answer in OpenAI's shape. */
@Schema(name = "ImageGenerationResult")
record ImageResult(
    @JsonProperty("created") long created,
    @JsonProperty("background") String background,
    @JsonProperty("output_format") String outputFormat,
    @JsonProperty("quality") String quality,
    @JsonProperty("size") String size,
    @JsonProperty("data") List<Datum> data,
    @JsonProperty("usage") Usage usage,
    @JsonProperty("truncation") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable TruncationNote truncation) {
  static final String BACKGROUND = "opaque";
  static final String QUALITY = "auto";

  /**
   * One picture.
   *
   * @param tokenIds present only if asked for
   */
  @Schema(name = "ImageDatum")
  record Datum(
      @JsonProperty("b64_json") String base64,
      @JsonProperty("token_ids") @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable List<Integer> tokenIds) {}

  /**
   * Tokens as the model counts them.
   *
   * @param inputTokens tokens of the caption and those that frame it; padding does not count
   * @param outputTokens image tokens of all pictures
   */
  @Schema(name = "ImageUsage")
  record Usage(
      @JsonProperty("input_tokens") int inputTokens,
      @JsonProperty("output_tokens") int outputTokens,
      @JsonProperty("total_tokens") int totalTokens,
      @JsonProperty("input_tokens_details") Details details) {
    static Usage of(int input, int output) {
      return new Usage(input, output, input + output, new Details(input, 0));
    }
  }

  @Schema(name = "ImageInputTokens")
  record Details(
      @JsonProperty("text_tokens") int textTokens, @JsonProperty("image_tokens") int imageTokens) {}

  /**
   * Says that a caption was cut.
   *
   * @param promptTokens tokens the caption had
   * @param keptTokens tokens of it the model saw
   */
  @Schema(name = "CaptionTruncation")
  record TruncationNote(
      @JsonProperty("prompt_tokens") int promptTokens,
      @JsonProperty("kept_tokens") int keptTokens) {}
}
