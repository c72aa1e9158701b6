package org.omnimamba.gateway.routing;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One process of inference-service, as this gateway sees it.
 *
 * <p>Its load is counted in tokens that may still be generated: what the replica last said of
 * itself plus what was sent there since, or, if it says nothing, what this gateway has sent there
 * and not seen the end of.
 */
final class Replica {
  /** A replica's own report counts for this long. */
  private static final long REPORT_NANOS = 10_000_000_000L;

  private final URI address;
  private final AtomicLong sent = new AtomicLong();
  private volatile Report report = Report.NONE;
  private volatile Sinks.Empty<Void> loss = Sinks.empty();
  private volatile State state = State.READY;

  Replica(URI address) {
    this.address = address;
  }

  private record Report(long tokens, long sentThen, long nanos) {
    static final Report NONE = new Report(-1, 0, 0);
  }

  URI address() {
    return address;
  }

  /** What the last probe, or a failed request since, said. */
  enum State {
    READY,
    /** It answers, and says that it does not serve now: it is loading, draining or failing. */
    REFUSING,
    /** It does not answer. */
    SILENT
  }

  State state() {
    return state;
  }

  void state(State now) {
    state = now;
  }

  /** The replica said how many tokens it has accepted and not yet generated. */
  void reported(long tokens, long nanos) {
    report = new Report(tokens, sent.get(), nanos);
  }

  /** Tokens that may have to be generated before a new request is served. */
  long load(long nanos) {
    Report last = report;
    if (last == Report.NONE || nanos - last.nanos() > REPORT_NANOS) {
      return sent.get();
    }
    return Math.max(0, last.tokens() + sent.get() - last.sentThen());
  }

  /** Sends {@code tokens} there; the ticket ends that. */
  Ticket begin(long tokens) {
    sent.addAndGet(tokens);
    return new Ticket(tokens);
  }

  /** Everything that the replica was working on is ended. Called by its prober alone. */
  void lost() {
    state = State.SILENT;
    Sinks.Empty<Void> ended = loss;
    loss = Sinks.empty();
    ended.tryEmitError(lostError());
  }

  /** Fails when the replica is lost; otherwise never ends. */
  Mono<Void> loss() {
    return loss.asMono();
  }

  private ApiException lostError() {
    return ApiException.serverError(
        HttpStatus.BAD_GATEWAY, "upstream_failed", "The service stopped answering.");
  }

  /** A request at a replica. Closing it twice is harmless. */
  final class Ticket implements AutoCloseable {
    private final long tokens;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Ticket(long tokens) {
      this.tokens = tokens;
    }

    Replica replica() {
      return Replica.this;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        sent.addAndGet(-tokens);
      }
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
