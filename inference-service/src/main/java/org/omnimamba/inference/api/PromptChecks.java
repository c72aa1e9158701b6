package org.omnimamba.inference.api;

import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.serving.ServedModel;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptTooLongException;
import org.omnimamba.model.text.Truncation;
import org.springframework.stereotype.Component;

/** What chat and image requests check alike about their text. */
@Component
public final class PromptChecks {
  private final ServedModel model;
  private final int maxCharacters;

  PromptChecks(ServedModel model, InferenceProperties properties) {
    this.model = model;
    this.maxCharacters = properties.limits().promptCharacters();
  }

  /** The layout of a caption. */
  public Prompt caption(@Nullable String caption, @Nullable String truncation) {
    if (caption == null) {
      throw ApiException.invalid(
          "prompt", "missing_required_parameter", "Missing required parameter: 'prompt'.");
    }
    if (caption.isBlank()) {
      throw ApiException.invalid("prompt", "empty_prompt", "The prompt is empty.");
    }
    checkLength("prompt", caption.length());
    Truncation rule = truncation(truncation);
    try {
      return model.layouts().t2i(caption, rule);
    } catch (PromptTooLongException e) {
      throw tooLong("prompt", e);
    }
  }

  /** Refuses text that is longer than any prompt can be, before it is tokenized. */
  public void checkLength(String param, long characters) {
    if (characters > maxCharacters) {
      throw ApiException.invalid(
          param,
          "string_too_long",
          "The text has %d characters; at most %d are taken.".formatted(characters, maxCharacters));
    }
  }

  public Truncation truncation(@Nullable String value) {
    if (value == null || value.equals("disabled")) {
      return Truncation.DISABLED;
    }
    if (value.equals("auto")) {
      return Truncation.AUTO;
    }
    throw ApiException.invalidValue("truncation", "'truncation' must be 'auto' or 'disabled'.");
  }

  public ApiException tooLong(String param, PromptTooLongException e) {
    return ApiException.invalid(
        param,
        "context_length_exceeded",
        "The prompt has %d tokens; at most %d fit. Shorten it, or set 'truncation': 'auto'."
            .formatted(e.promptTokens(), e.maxTokens()));
  }
}
