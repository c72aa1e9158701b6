package org.omnimamba.jobs.webhook.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A webhook receiver on loopback whose behaviour a test chooses, and which keeps what it got. */
public final class WebhookReceiver implements AutoCloseable {

  /** How the receiver answers. */
  @FunctionalInterface
  public interface Answer {
    Publisher<Void> to(HttpServerRequest request, HttpServerResponse response);
  }

  /** One request as it came in. */
  public record Received(String path, Map<String, String> headers, String body) {
    public String id() {
      return headers.get("webhook-id");
    }

    /** Whether the official verifier accepts the request under the secret. */
    public boolean verifies(String secret) {
      HttpHeaders http =
          HttpHeaders.of(
              headers.entrySet().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
              (name, value) -> true);
      try {
        new Webhook(secret).verify(body, http);
        return true;
      } catch (WebhookVerificationException e) {
        return false;
      } catch (EmptyWebhookSecretException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<String> secrets = new CopyOnWriteArrayList<>();
  private final List<Received> unverified = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final DisposableServer server;
  private volatile Answer answer = (request, response) -> response.status(204).send();

  public WebhookReceiver() {
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .doOnConnection(c -> connections.incrementAndGet())
            .handle(this::handle)
            .bindNow();
  }

  public WebhookReceiver answering(Answer answer) {
    this.answer = answer;
    return this;
  }

  public WebhookReceiver answering(int status) {
    return answering((request, response) -> response.status(status).send());
  }

  /** From now on every request must be signed with one of the secrets that were ever given here. */
  public WebhookReceiver verifying(String secret) {
    secrets.add(secret);
    return this;
  }

  /** The requests that the official verifier did not accept when they came in. */
  public List<Received> unverified() {
    return unverified;
  }

  public int port() {
    return server.port();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public List<Received> received() {
    return received;
  }

  public int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    server.disposeNow();
  }

  private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .flatMap(
            body -> {
              Map<String, String> headers =
                  request.requestHeaders().entries().stream()
                      .collect(
                          Collectors.toMap(
                              e -> e.getKey().toLowerCase(java.util.Locale.ROOT),
                              Map.Entry::getValue,
                              (a, b) -> a));
              Received got = new Received(request.uri(), headers, new String(body, UTF_8));
              if (!secrets.isEmpty() && secrets.stream().noneMatch(got::verifies)) {
                unverified.add(got);
              }
              received.add(got);
              return Mono.from(answer.to(request, response));
            });
  }
}
