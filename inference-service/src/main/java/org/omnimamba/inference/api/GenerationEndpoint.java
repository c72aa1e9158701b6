package org.omnimamba.inference.api;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The way of every request that generates something: refused while the engine would not take it,
 * then read, checked, refused if there is no room for it now, prepared, run, and answered whole or
 * as a stream.
 */
@Component
public final class GenerationEndpoint {
  private final EngineStreams generations;
  private final RequestBodyReader bodies;
  private final ResponseWriter writer;
  private final RememberedUsage usage;

  GenerationEndpoint(
      EngineStreams generations,
      RequestBodyReader bodies,
      ResponseWriter writer,
      RememberedUsage usage) {
    this.generations = generations;
    this.bodies = bodies;
    this.writer = writer;
    this.usage = usage;
  }

  /**
   * Answers one request; cancelling this cancels what it runs.
   *
   * @param type of the request as it comes
   */
  public <Q, J> Mono<Void> answer(
      ServerWebExchange exchange, Class<Q> type, Answers<Q, J> answers) {
    generations.requireReady();
    Caller caller = Caller.of(exchange);
    return bodies
        .read(exchange.getRequest(), type)
        .map(request -> prepared(caller, answers.check(caller, request)))
        .flatMap(job -> answer(exchange, answers, job));
  }

  private <Q, J> Mono<Void> answer(ServerWebExchange exchange, Answers<Q, J> answers, J job) {
    UsageTally tally = usage.begin(exchange.getRequest().getHeaders(), answers.promptTokens(job));
    Mono<Void> answer =
        answers.isStreamed(job)
            ? writer.events(exchange, answers.stream(job).contextWrite(tally::in))
            : answers
                .whole(job)
                .contextWrite(tally::in)
                .flatMap(result -> writer.json(exchange, HttpStatus.OK, result));
    // one that the engine does not take ends here
    return answer.doOnError(failure -> tally.end());
  }

  private <J> J prepared(Caller caller, Checked<J> checked) {
    generations.requireRoom(caller.requester(), checked.sequences(), checked.tokens());
    return checked.prepare().get();
  }
}
