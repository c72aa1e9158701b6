package org.omnimamba.jobs.web.responses;

import java.time.Duration;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/**
 * Puts comments between the events of a stream, so that proxies keep it open.
 *
 * @param interval from one comment to the next
 */
record KeptAlive(Duration interval) {
  Flux<ServerSentEvent<JsonNode>> with(Flux<ServerSentEvent<JsonNode>> events) {
    Flux<ServerSentEvent<JsonNode>> comments =
        Flux.interval(interval)
            .onBackpressureDrop()
            .map(tick -> ServerSentEvent.<JsonNode>builder().comment("keep-alive").build());
    return events.publish(
        shared ->
            Flux.merge(shared, comments.takeUntilOther(shared.ignoreElements().onErrorComplete())));
  }
}
