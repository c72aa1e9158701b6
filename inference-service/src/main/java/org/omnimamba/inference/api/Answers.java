package org.omnimamba.inference.api;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How one kind of request is answered.
 *
 * @param <Q> the request as it came
 * @param <J> the request once it can be run
 */
public interface Answers<Q, J> {
  /**
   * Checks a request, field by field.
   *
   * @param caller who asks
   * @throws ApiException naming the field that is wrong
   */
  Checked<J> check(Caller caller, Q request);

  /** Whether the answer is wanted piece by piece. */
  boolean isStreamed(J job);

  /** Tokens of the prompt, as the answer tells them. */
  int promptTokens(J job);

  /** The whole answer at once, as it is to stand in JSON. */
  Mono<?> whole(J job);

  /** The answer piece by piece. */
  Flux<SseEvent> stream(J job);
}
