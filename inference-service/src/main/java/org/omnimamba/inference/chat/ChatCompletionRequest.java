package org.omnimamba.inference.chat;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.SamplingFields;
import tools.jackson.databind.JsonNode;

/**
 * A chat request as it came. OpenAI's fields mean what they mean there; {@code top_k}, {@code
 * min_p}, {@code repetition_penalty}, {@code return_token_ids} and {@code truncation} are ours;
 * {@code structured_outputs} is vLLM's.
 *
 * @param logitBias what is added to logits, by token id
 * @param responseFormat which texts an answer may be, as JSON
 * @param structuredOutputs which texts an answer may be, as they are
 * @param stop a string or up to four of them
 * @param truncation {@code auto} to cut a prompt that is too long, {@code disabled} to refuse it
 * @param others every other field
 */
@Schema(name = "ChatCompletionRequest")
record ChatCompletionRequest(
    @JsonProperty("model") @Nullable String model,
    @JsonProperty("messages") @Nullable List<ChatMessage> messages,
    @JsonProperty("stream") @Nullable Boolean stream,
    @JsonProperty("stream_options") @Nullable StreamOptions streamOptions,
    @JsonProperty("max_tokens") @Nullable Integer maxTokens,
    @JsonProperty("max_completion_tokens") @Nullable Integer maxCompletionTokens,
    @JsonProperty("temperature") @Nullable Double temperature,
    @JsonProperty("top_p") @Nullable Double topP,
    @JsonProperty("top_k") @Nullable Integer topK,
    @JsonProperty("min_p") @Nullable Double minP,
    @JsonProperty("repetition_penalty") @Nullable Double repetitionPenalty,
    @JsonProperty("frequency_penalty") @Nullable Double frequencyPenalty,
    @JsonProperty("presence_penalty") @Nullable Double presencePenalty,
    @JsonProperty("logit_bias") @Nullable Map<String, @Nullable Double> logitBias,
    @JsonProperty("response_format") @Schema(implementation = ResponseFormat.class)
        @Nullable JsonNode responseFormat,
    @JsonProperty("structured_outputs") @Nullable StructuredOutputs structuredOutputs,
    @JsonProperty("seed") @Nullable Long seed,
    @JsonProperty("stop") @Schema(oneOf = {String.class, String[].class}) @Nullable JsonNode stop,
    @JsonProperty("n") @Nullable Integer n,
    @JsonProperty("logprobs") @Nullable Boolean logprobs,
    @JsonProperty("top_logprobs") @Nullable Integer topLogprobs,
    @JsonProperty("return_token_ids") @Nullable Boolean returnTokenIds,
    @JsonProperty("truncation") @Nullable String truncation,
    @JsonAnySetter @Hidden Map<String, JsonNode> others)
    implements SamplingFields {

  ChatCompletionRequest {
    others = Objects.requireNonNullElse(others, Map.of());
  }

  /**
   * One message.
   *
   * @param content a string, or a list of {@code text} and {@code image_url} parts
   */
  @Schema(name = "ChatMessage")
  record ChatMessage(
      @JsonProperty("role") @Nullable String role,
      @JsonProperty("content") @Schema(oneOf = {String.class, ContentPart[].class})
          @Nullable JsonNode content,
      @JsonProperty("name") @Nullable String name,
      @JsonAnySetter @Hidden Map<String, JsonNode> others) {
    ChatMessage {
      others = Objects.requireNonNullElse(others, Map.of());
    }
  }

  /** A part of a message, for the documentation. */
  @Schema(name = "ContentPart")
  record ContentPart(String type, @Nullable String text, @Nullable ImageUrl image_url) {}

  /** A picture, for the documentation. */
  @Schema(name = "ImageUrl")
  record ImageUrl(
      @Schema(description = "data:image/...;base64,...; remote addresses are refused") String url,
      @Nullable String detail) {}

  /**
   * What a stream carries beside the text.
   *
   * @param includeUsage whether a last chunk tells the token counts
   */
  @Schema(name = "ChatStreamOptions")
  record StreamOptions(
      @JsonProperty("include_usage") @Nullable Boolean includeUsage,
      @JsonAnySetter @Hidden Map<String, JsonNode> others) {
    StreamOptions {
      others = Objects.requireNonNullElse(others, Map.of());
    }
  }

  /** The form of an answer, for the documentation. */
  @Schema(name = "ResponseFormat")
  record ResponseFormat(
      @Schema(allowableValues = {"text", "json_schema"}) String type,
      @Nullable JsonSchema json_schema) {}

  /** A form of an answer that is JSON, for the documentation. */
  @Schema(name = "ResponseJsonSchema")
  record JsonSchema(
      String name,
      @Nullable String description,
      @Schema(
              type = "object",
              description =
                  "an enum of strings, a boolean, or an object with one property that is one of"
                      + " these")
          Object schema,
      @Nullable Boolean strict) {}

  /**
   * vLLM's field for answers of a fixed form, of which a list of choices is taken.
   *
   * @param choice the answer is exactly one of these
   */
  @Schema(name = "StructuredOutputs")
  record StructuredOutputs(
      @JsonProperty("choice") @Nullable List<@Nullable String> choice,
      @JsonAnySetter @Hidden Map<String, JsonNode> others) {
    StructuredOutputs {
      others = Objects.requireNonNullElse(others, Map.of());
    }
  }
}
