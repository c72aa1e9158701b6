package org.omnimamba.inference.api;

import org.omnimamba.web.usage.Usage;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Counts what is made for one request, on the engine's thread, until it has ended. */
final class UsageTally {
  private final int promptTokens;
  private final Sinks.One<Usage> end = Sinks.one();
  private int input;
  private int cached;
  private int output;
  private int pictures;
  private volatile boolean ended;

  /**
   * @param promptTokens what the answer will tell of the prompt
   */
  UsageTally(int promptTokens) {
    this.promptTokens = promptTokens;
  }

  /** The tally of the request that the subscriber belongs to; one that nobody reads if none. */
  static UsageTally of(ContextView context) {
    return context.<UsageTally>getOrEmpty(UsageTally.class).orElseGet(() -> new UsageTally(0));
  }

  Context in(Context context) {
    return context.put(UsageTally.class, this);
  }

  void promptRead(int cachedTokens) {
    input = promptTokens;
    cached = cachedTokens;
  }

  void token() {
    output++;
  }

  void picture() {
    pictures++;
  }

  /** Nothing more will be made; later calls change nothing. */
  void end() {
    ended = true;
    end.tryEmitValue(new Usage(1, pictures, input, cached, output));
  }

  boolean hasEnded() {
    return ended;
  }

  /** All that was made, once the request has ended. */
  Mono<Usage> total() {
    return end.asMono();
  }
}
