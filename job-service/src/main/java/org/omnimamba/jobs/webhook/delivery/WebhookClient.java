package org.omnimamba.jobs.webhook.delivery;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.resolver.AddressResolverGroup;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.http.RetryAfter;
import org.omnimamba.jobs.webhook.address.RefusedAddressException;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome.Kind;
import org.omnimamba.jobs.webhook.signing.WebhookSignature;
import org.omnimamba.web.http.InformationalResponses;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Makes one attempt to deliver a webhook. Never fails: whatever happens is an {@link
 * AttemptOutcome}.
 *
 * <p>Every attempt opens its own connection, through the guarded resolver, so each is judged anew.
 * Redirects are answers like any other (and not 2xx), proxies from the environment are not used,
 * only a configured one.
 */
public final class WebhookClient {
  private static final int HEAD_BYTES = 1024;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** How long to wait for the head of the body once the status is known. */
  private static final Duration HEAD_TIME = Duration.ofSeconds(1);

  private final HttpClient http;
  private final Duration timeout;
  private final Clock clock;

  /**
   * A client.
   *
   * @param resolver judges every address before it is connected to
   * @param timeout for the whole attempt, up to the status
   * @param clock gives the time that is signed
   * @param loops the event loops it runs on
   * @param proxy what all deliveries go through, or null
   */
  public WebhookClient(
      AddressResolverGroup<InetSocketAddress> resolver,
      Duration timeout,
      Clock clock,
      LoopResources loops,
      @Nullable EgressProxy proxy) {
    HttpClient direct =
        HttpClient.create(ConnectionProvider.newConnection())
            .runOn(loops)
            .resolver(resolver)
            .followRedirect(false)
            .noProxy()
            .disableRetry(true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .headers(
                h ->
                    h.set("content-type", "application/json")
                        .set("user-agent", "OmniMamba-Webhooks/1.0"));
    HttpClient routed = proxy == null ? direct : proxy.before(direct, CONNECT_TIMEOUT);
    this.http = InformationalResponses.skippedBy(routed);
    this.timeout = timeout;
    this.clock = clock;
  }

  /** Makes the attempt; the returned Mono never errors. */
  public Mono<AttemptOutcome> deliver(WebhookRequest request) {
    return Mono.defer(
        () -> {
          Instant start = clock.instant();
          return post(request, start)
              .onErrorResume(e -> Mono.just(failure(start, null, null, describe(e), new byte[0])));
        });
  }

  private Mono<AttemptOutcome> post(WebhookRequest request, Instant start) {
    String signature =
        WebhookSignature.header(request.id(), start, request.body(), request.secrets());
    return http.headers(
            h ->
                h.set("webhook-id", request.id())
                    .set("webhook-timestamp", Long.toString(start.getEpochSecond()))
                    .set("webhook-signature", signature)
                    .set("content-length", Integer.toString(request.body().length)))
        .post()
        .uri(request.uri())
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(request.body())))
        .response((response, body) -> answer(response, body, start))
        .next()
        .timeout(timeout);
  }

  private Mono<AttemptOutcome> answer(
      HttpClientResponse response, ByteBufFlux body, Instant start) {
    return head(body).map(head -> outcome(response, head, start));
  }

  private AttemptOutcome outcome(HttpClientResponse response, byte[] head, Instant start) {
    int status = response.status().code();
    if (status >= 200 && status < 300) {
      return new AttemptOutcome(Kind.DELIVERED, status, null, latency(start), null, head);
    }
    if (status == 410) {
      return new AttemptOutcome(Kind.GONE, status, null, latency(start), "HTTP 410", head);
    }
    Duration retryAfter =
        status == 429 || status == 503
            ? RetryAfter.parse(response.responseHeaders().get("retry-after"), clock.instant())
                .orElse(null)
            : null;
    String error = status >= 300 && status < 400 ? "redirect refused" : "HTTP " + status;
    return failure(start, status, retryAfter, error, head);
  }

  /** The first bytes of the body: whatever came in a moment, without waiting for the rest. */
  private static Mono<byte[]> head(ByteBufFlux body) {
    return Mono.defer(
        () -> {
          ByteArrayOutputStream head = new ByteArrayOutputStream();
          return body.asByteArray()
              .doOnNext(b -> head.write(b, 0, Math.min(b.length, HEAD_BYTES - head.size())))
              .takeUntil(b -> head.size() >= HEAD_BYTES)
              .take(HEAD_TIME)
              .onErrorComplete()
              .then(Mono.fromSupplier(head::toByteArray));
        });
  }

  private AttemptOutcome failure(
      Instant start,
      @Nullable Integer status,
      @Nullable Duration retryAfter,
      String error,
      byte[] head) {
    return new AttemptOutcome(Kind.FAILED, status, retryAfter, latency(start), error, head);
  }

  private Duration latency(Instant start) {
    return Duration.between(start, clock.instant());
  }

  private static String describe(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RefusedAddressException) {
        // not why: that would tell what an internal name resolves to
        return "address refused";
      }
      if (cause instanceof TimeoutException) {
        return "timeout";
      }
      if (cause instanceof ProxyConnectException) {
        return "proxy failure";
      }
      if (cause instanceof java.net.UnknownHostException) {
        return "unknown host";
      }
      if (cause instanceof java.net.ConnectException) {
        return "connection refused";
      }
      if (cause instanceof javax.net.ssl.SSLException) {
        return "TLS failure";
      }
    }
    return e instanceof java.io.IOException ? "connection lost" : e.getClass().getSimpleName();
  }
}
