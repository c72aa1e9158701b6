package org.omnimamba.web.replica;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.internal.PlatformHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** Asks one replica whether it takes requests, and notes what that says of it. */
final class ReplicaProbe {
  private static final Logger log = LoggerFactory.getLogger(ReplicaProbe.class);
  private static final int NOT_FOUND = 404;

  /** Probes in a row without an answer that make a replica silent: a single one may be late. */
  private static final int SILENT_AFTER = 2;

  private final Replica replica;
  private final ReplicaSettings settings;
  private final HttpClient client;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile @Nullable InetSocketAddress lastAddress;
  private boolean nameGone;
  private int missed;
  private long firstMissed;

  ReplicaProbe(Replica replica, ReplicaSettings settings, HttpClient client) {
    this.replica = replica;
    this.settings = settings;
    this.client = client.doOnConnected(made -> remember(made.channel().remoteAddress()));
  }

  private void remember(SocketAddress address) {
    if (address instanceof InetSocketAddress internet) {
      lastAddress = internet;
    }
  }

  /** One probe; empty at once while the one before is still waiting. Never fails. */
  Mono<Void> run() {
    return Mono.defer(
        () -> {
          if (!running.compareAndSet(false, true)) {
            return Mono.empty();
          }
          return ask(replica.address())
              .doOnNext(response -> nameIsKnown(true))
              .onErrorResume(UnknownHostException.class, gone -> askWhereItWas(gone))
              .doOnNext(this::answered)
              .doOnError(this::unanswered)
              .onErrorComplete()
              .then()
              .doOnTerminate(() -> running.set(false))
              .doOnCancel(() -> running.set(false));
        });
  }

  private Mono<HttpClientResponse> ask(URI address) {
    return client
        .get()
        .uri(address.resolve(settings.probePath()))
        .responseSingle((response, body) -> body.asString().defaultIfEmpty("").thenReturn(response))
        .timeout(settings.probeTimeout());
  }

  /**
   * The name is gone: the replica is being stopped, or is not ready yet. Whether it lives, and its
   * requests with it, only its last address can tell.
   */
  private Mono<HttpClientResponse> askWhereItWas(UnknownHostException gone) {
    nameIsKnown(false);
    InetSocketAddress last = lastAddress;
    return last == null
        ? Mono.error(gone)
        : ask(
            ReplicaAddress.http(replica.address().getScheme(), last.getAddress(), last.getPort()));
  }

  /** Of a replica that was found by its address, discovery knows whether DNS still has it. */
  private void nameIsKnown(boolean known) {
    if (nameGone == known) {
      nameGone = !known;
      log.info("replica {} {}", replica, known ? "has a name again" : "has no name any more");
      replica.named(known);
    }
  }

  private void answered(HttpClientResponse response) {
    missed = 0;
    replica.heard();
    LoadReport.read(response.responseHeaders().get(PlatformHeaders.OUTSTANDING_TOKENS), replica);
    int status = response.status().code();
    Replica.State state =
        status < 300 || status == NOT_FOUND ? Replica.State.READY : Replica.State.REFUSING;
    if (state != replica.state()) {
      log.info("replica {} is {} ({})", replica, state, status);
    }
    replica.state(state);
  }

  private void unanswered(Throwable failure) {
    if (isRefused(failure) || failure instanceof UnknownHostException) {
      // Nothing listens there (any more): the requests that it has may end well all the same, and
      // if the process is gone, its kernel says so on their connections.
      silent(failure);
      missed = 0;
      return;
    }
    if (missed++ == 0) {
      firstMissed = System.nanoTime();
    }
    if (missed >= Math.min(SILENT_AFTER, settings.lostAfter())) {
      silent(failure);
    }
    if (missed >= settings.lostAfter() && replica.lastHeard() - firstMissed > 0) {
      // Answers still come from there: it is too busy for probes, so the row begins anew.
      missed = 1;
      firstMissed = System.nanoTime();
      return;
    }
    if (missed >= settings.lostAfter()) {
      if (missed == settings.lostAfter()) {
        log.warn("replica {} is lost; its requests are ended", replica);
      }
      // Again with each probe: as the last resort even a lost replica may be given requests.
      replica.lost();
    }
  }

  private void silent(Throwable failure) {
    if (replica.state() != Replica.State.SILENT) {
      log.warn("replica {} does not answer: {}", replica, failure.toString());
    }
    replica.state(Replica.State.SILENT);
  }

  private static boolean isRefused(Throwable failure) {
    return failure instanceof ConnectException && !(failure instanceof ConnectTimeoutException);
  }
}
