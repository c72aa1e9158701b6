package org.omnimamba.jobs.web.jobs;

import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Bounds how many requests this replica keeps open at once for the sake of watching jobs. */
@Component
class StreamLimit {
  private final AtomicInteger open = new AtomicInteger();
  private final int most;

  StreamLimit(JobsProperties properties) {
    this.most = properties.api().maxStreams();
  }

  <T> Flux<T> limit(Flux<T> stream) {
    return Flux.using(this::acquire, token -> stream, token -> open.decrementAndGet());
  }

  <T> Mono<T> limit(Mono<T> wait) {
    return Mono.using(this::acquire, token -> wait, token -> open.decrementAndGet());
  }

  private Boolean acquire() {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      throw new Problem(ProblemType.UNAVAILABLE, "Too many clients are watching jobs here.")
          .withHeader("Retry-After", "5");
    }
    return Boolean.TRUE;
  }
}
