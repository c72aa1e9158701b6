package org.omnimamba.inference.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer in OpenAI's shape.
 *
 * @param truncation present only if the prompt was cut
 */
@Schema(name = "ChatCompletion")
record ChatCompletion(
    @JsonProperty("id") String id,
    @JsonProperty("object") String object,
    @JsonProperty("created") long created,
    @JsonProperty("model") String model,
    @JsonProperty("choices") List<Choice> choices,
    @JsonProperty("usage") Usage usage,
    @JsonProperty("truncation") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable TruncationNote truncation) {

  /**
   * One of {@code n} answers.
   *
   * @param tokenIds present only if asked for: every generated id, the end token included
   */
  @Schema(name = "ChatChoice")
  record Choice(
      @JsonProperty("index") int index,
      @JsonProperty("message") Message message,
      @JsonProperty("logprobs") @Nullable Logprobs logprobs,
      @JsonProperty("finish_reason") String finishReason,
      @JsonProperty("token_ids") @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable List<Integer> tokenIds) {}

  @Schema(name = "ChatAnswer")
  record Message(
      @JsonProperty("role") String role,
      @JsonProperty("content") String content,
      @JsonProperty("refusal") @Nullable String refusal) {
    static Message of(String content) {
      return new Message("assistant", content, null);
    }
  }

  @Schema(name = "Logprobs")
  record Logprobs(
      @JsonProperty("content") List<TokenLogprob> content,
      @JsonProperty("refusal") @Nullable List<TokenLogprob> refusal) {}

  @Schema(name = "TokenLogprob")
  record TokenLogprob(
      @JsonProperty("token") String token,
      @JsonProperty("logprob") double logprob,
      @JsonProperty("bytes") List<Integer> bytes,
      @JsonProperty("top_logprobs") List<TopLogprob> topLogprobs) {}

  @Schema(name = "TopLogprob")
  record TopLogprob(
      @JsonProperty("token") String token,
      @JsonProperty("logprob") double logprob,
      @JsonProperty("bytes") List<Integer> bytes) {}

  /**
   * Tokens as the model counts them.
   *
   * @param promptTokens positions of the prompt, places of a picture included
   * @param completionTokens generated ids of all choices, end tokens included
   * @param promptTokensDetails what the prompt's positions were
   */
  @Schema(name = "ChatUsage")
  record Usage(
      @JsonProperty("prompt_tokens") int promptTokens,
      @JsonProperty("completion_tokens") int completionTokens,
      @JsonProperty("total_tokens") int totalTokens,
      @JsonProperty("prompt_tokens_details") PromptTokensDetails promptTokensDetails) {
    static Usage of(int prompt, int cached, int completion) {
      return new Usage(prompt, completion, prompt + completion, new PromptTokensDetails(cached));
    }
  }

  /**
   * What the prompt's positions were.
   *
   * @param cachedTokens positions that did not have to be read, because the state after the same
   *     picture was kept
   */
  @Schema(name = "PromptTokensDetails")
  record PromptTokensDetails(@JsonProperty("cached_tokens") int cachedTokens) {}

  /**
   * Says that a prompt was cut.
   *
   * @param promptTokens positions the whole prompt would have taken
   * @param keptTokens positions it takes
   */
  @Schema(name = "TruncationNote")
  record TruncationNote(
      @JsonProperty("prompt_tokens") int promptTokens,
      @JsonProperty("kept_tokens") int keptTokens) {}
}
