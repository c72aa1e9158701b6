package org.omnimamba.inference.api;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.omnimamba.inference.InferenceProperties;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Fills the silence of streams with comments. One timer beats for all streams: a timer of each
 * stream's own would be started and stopped, under a lock, on the event loops.
 */
@Component
final class StreamKeepAlive {
  private final Sinks.Many<Boolean> beats = Sinks.many().multicast().directBestEffort();
  private final Disposable timer;

  StreamKeepAlive(InferenceProperties properties) {
    // A stream that was silent since the last beat gets a comment, so within the interval.
    Duration period = properties.pingInterval().dividedBy(2);
    timer = Flux.interval(period).subscribe(beat -> beats.tryEmitNext(true));
  }

  /** The events, and a comment whenever there was none of them for a while. */
  Flux<SseEvent> fillSilence(Flux<SseEvent> events) {
    AtomicBoolean silent = new AtomicBoolean();
    return events.publish(
        shared ->
            Flux.merge(
                shared.doOnNext(event -> silent.set(false)),
                beats
                    .asFlux()
                    .filter(beat -> silent.getAndSet(true))
                    .map(beat -> SseEvent.ping())
                    .onBackpressureDrop()
                    .takeUntilOther(shared.ignoreElements().onErrorComplete())));
  }

  @PreDestroy
  void stop() {
    timer.dispose();
  }
}
