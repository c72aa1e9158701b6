package org.omnimamba.inference.chat;

import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.chat.ChatCompletion.TruncationNote;
import org.omnimamba.inference.engine.GenerationRequest;

/**
 * A checked chat request.
 *
 * @param id of the completion
 * @param created Unix time in seconds
 * @param model the name to answer with
 * @param truncation what was cut off the prompt
 */
record ChatJob(
    GenerationRequest generation,
    String id,
    long created,
    String model,
    boolean stream,
    boolean includeUsage,
    boolean logprobs,
    boolean tokenIds,
    @Nullable TruncationNote truncation) {

  int promptTokens() {
    return generation.prompt().tokens();
  }

  int choices() {
    return generation.sequences().size();
  }
}
