package org.omnimamba.inference.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.chat.ChatCompletion.Logprobs;
import org.omnimamba.inference.chat.ChatCompletion.TruncationNote;
import org.omnimamba.inference.chat.ChatCompletion.Usage;
import org.omnimamba.model.generation.FinishReason;

/** One event of a streamed answer in OpenAI's shape. */
record ChatChunk(
    @JsonProperty("id") String id,
    @JsonProperty("object") String object,
    @JsonProperty("created") long created,
    @JsonProperty("model") String model,
    @JsonProperty("choices") List<Choice> choices,
    @JsonProperty("usage") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Counts counts,
    @JsonProperty("truncation") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable TruncationNote truncation) {

  /** A sequence that was cancelled never gets as far as being written. */
  static String finishReason(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case CANCELLED -> throw new IllegalArgumentException("a cancelled sequence has no answer");
    };
  }

  /**
   * The field {@code usage} of a stream that carries one: null in every chunk but the last.
   *
   * @param usage in the last chunk
   */
  record Counts(@JsonValue @Nullable Usage usage) {}

  record Choice(
      @JsonProperty("index") int index,
      @JsonProperty("delta") Delta delta,
      @JsonProperty("logprobs") @Nullable Logprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason,
      @JsonProperty("token_ids") @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable List<Integer> tokenIds) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Delta(
      @JsonProperty("role") @Nullable String role,
      @JsonProperty("content") @Nullable String content) {}
}
