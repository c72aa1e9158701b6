package org.omnimamba.web.replica;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One process of a service, as this one sees it.
 *
 * <p>Its load is counted in tokens that may still be generated: what the replica last said of
 * itself plus what was sent there since, or, if it says nothing, what was sent there from here and
 * has not ended yet.
 */
public final class Replica {
  /** A replica's own report counts for this long. */
  private static final long REPORT_NANOS = 10_000_000_000L;

  private final URI address;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Report report = Report.NONE;
  private volatile Sinks.Empty<Void> loss = Sinks.empty();
  private volatile State state = State.READY;
  private volatile boolean named = true;
  private volatile long heard = System.nanoTime();

  /**
   * A replica that is taken for ready until something else is known.
   *
   * @param address scheme, host and port; no path
   */
  public Replica(URI address) {
    this.address = address;
  }

  private record Report(long tokens, long sentThen, long nanos) {
    static final Report NONE = new Report(-1, 0, 0);
  }

  /** Scheme, host and port. */
  public URI address() {
    return address;
  }

  /** What the last probes, or a failed request since, said. */
  public enum State {
    READY,
    /** It answers, and says that it does not serve now: it is loading, draining or failing. */
    REFUSING,
    /** It does not answer, or nothing listens there. */
    SILENT
  }

  /** What the last probes, or a failed request since, said. */
  public State state() {
    return state;
  }

  void state(State now) {
    state = now;
  }

  /** Nothing listens there now; until the next probe other replicas are chosen first. */
  public void refusedConnection() {
    state = State.SILENT;
  }

  /** Whether DNS has the replica's name or address. */
  public boolean isNamed() {
    return named;
  }

  void named(boolean now) {
    named = now;
  }

  /** How gladly the replica is chosen: 0 first. */
  int rank() {
    if (state == State.SILENT) {
      return Replicas.RANKS - 1;
    }
    if (!named) {
      return 2;
    }
    return state == State.READY ? 0 : 1;
  }

  /** Bytes of an answer came from there: a sign of life, like an answered probe. */
  public void heard() {
    heard = System.nanoTime();
  }

  /** Nanoseconds on the clock of {@link System#nanoTime()} when the replica was last heard. */
  long lastHeard() {
    return heard;
  }

  /** The replica said how many tokens it has accepted and not yet generated. */
  void reported(long tokens, long nanos) {
    report = new Report(tokens, sent.get(), nanos);
  }

  /** Tokens that may have to be generated before a new request is served. */
  public long load(long nanos) {
    Report last = report;
    if (last == Report.NONE || nanos - last.nanos() > REPORT_NANOS) {
      return sent.get();
    }
    return Math.max(0, last.tokens() + sent.get() - last.sentThen());
  }

  /** Requests that are there now. */
  int requests() {
    return requests.get();
  }

  /** Sends {@code tokens} there; the ticket ends that. */
  public Ticket begin(long tokens) {
    sent.addAndGet(tokens);
    requests.incrementAndGet();
    return new Ticket(tokens);
  }

  /** Everything that the replica was working on is ended. Called by its prober alone. */
  void lost() {
    state = State.SILENT;
    Sinks.Empty<Void> ended = loss;
    loss = Sinks.empty();
    ended.tryEmitError(new ReplicaLostException(this));
  }

  /** Fails with {@link ReplicaLostException} when the replica is lost; otherwise never ends. */
  public Mono<Void> loss() {
    return Mono.defer(() -> loss.asMono());
  }

  /** A request at a replica. Closing it twice is harmless. */
  public final class Ticket implements AutoCloseable {
    private final long tokens;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Ticket(long tokens) {
      this.tokens = tokens;
    }

    /** Where the request is. */
    public Replica replica() {
      return Replica.this;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        sent.addAndGet(-tokens);
        requests.decrementAndGet();
      }
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
