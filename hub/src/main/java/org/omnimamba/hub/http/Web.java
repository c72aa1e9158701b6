package org.omnimamba.hub.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.hub.FetchException;

/**
 * Asks for things over HTTP. Redirects are followed here and not by the JDK, since the token must
 * not go with them to another host and no redirect may leave TLS. Safe for use by several threads.
 */
public final class Web {
  private static final int MOST_REDIRECTS = 8;
  private static final int PROXY_REFUSES = 407;
  private static final int PROBLEM_BYTES = 2_000;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);

  private final EnvironmentProxies proxies;
  private final HttpClient client;
  private final Credentials credentials;
  private final RetryPolicy retries;
  private final Pause pause;
  private final Duration idle;

  /**
   * @param idle silence after which a connection counts as cut
   */
  public Web(
      EnvironmentProxies proxies,
      Credentials credentials,
      RetryPolicy retries,
      Pause pause,
      Duration idle) {
    proxies.permitPasswords();
    this.proxies = proxies;
    this.client =
        HttpClient.newBuilder()
            // ranges at once need connections of their own
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(idle)
            .proxy(proxies)
            .build();
    this.credentials = credentials;
    this.retries = retries;
    this.pause = pause;
    this.idle = idle;
  }

  private Web(Web other, RetryPolicy retries) {
    this.proxies = other.proxies;
    this.client = other.client;
    this.credentials = other.credentials;
    this.retries = retries;
    this.pause = other.pause;
    this.idle = other.idle;
  }

  /** The same, which tries everything once. */
  public Web once() {
    return new Web(this, retries.once());
  }

  public boolean hasToken() {
    return credentials.token() != null;
  }

  /** What is to be tried again, by the caller's own rules. */
  public Attempts attempts(URI address) {
    return new Attempts(retries, pause, Origin.of(address).host());
  }

  /**
   * Gets a text, again where that may help.
   *
   * @param limit bytes that it may have
   * @throws FetchException if there is no useful answer
   */
  public Answer<String> text(URI address, int limit) throws InterruptedException {
    Attempts attempts = attempts(address);
    while (true) {
      try {
        return get(address, Map.of(), info -> new LimitedText(limit, false));
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /** Reads the body of a success. */
  public interface BodyReader<T> {
    BodySubscriber<T> of(ResponseInfo head);
  }

  /**
   * Gets something, once.
   *
   * @param reader of the body of an answer that is a success
   * @throws TransientFailure if the server asks to be asked again, or falls silent
   * @throws IOException if the connection fails, or the reader does
   * @throws FetchException if redirects lead nowhere, or a proxy wants another password
   */
  public <T> Answer<T> get(URI address, Map<String, String> headers, BodyReader<T> reader)
      throws IOException, InterruptedException {
    List<HttpHeaders> passed = new ArrayList<>();
    URI at = address;
    while (passed.size() <= MOST_REDIRECTS) {
      HttpResponse<Optional<T>> response = exchange(at, headers, reader);
      int status = response.statusCode();
      if (TRANSIENT.contains(status)) {
        throw new TransientFailure(
            "answers " + status,
            RetryAfter.parse(
                response.headers().firstValue("Retry-After").orElse(null), Clock.systemUTC()));
      }
      if (status == PROXY_REFUSES) {
        throw new FetchException(
            "the proxy wants a name and a password, or others than these; give them as in"
                + " HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT");
      }
      if (!REDIRECTS.contains(status)) {
        return new Answer<>(
            status, response.headers(), List.copyOf(passed), response.body().orElse(null));
      }
      passed.add(response.headers());
      at = redirected(at, response.headers().firstValue("Location").orElse(""));
    }
    throw new FetchException(
        "%s redirects in a circle; check the address".formatted(Origin.of(address).host()));
  }

  private static URI redirected(URI from, String location) {
    URI to;
    try {
      to = from.resolve(location);
      Origin target = Origin.of(to);
      if (!location.isEmpty() && (target.isEncrypted() || !Origin.of(from).isEncrypted())) {
        return to;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new FetchException(
        "%s redirects to %s, which is not followed; check the address"
            .formatted(Origin.of(from).host(), location.isEmpty() ? "nowhere" : location));
  }

  private <T> HttpResponse<Optional<T>> exchange(
      URI address, Map<String, String> headers, BodyReader<T> reader)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("User-Agent", "omnimamba")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    String authorization = credentials.authorization(address);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    String toProxy = proxies.authorization(address);
    if (toProxy != null) {
      request.header("Proxy-Authorization", toProxy);
    }
    AtomicLong signals = new AtomicLong();
    CompletableFuture<HttpResponse<Optional<T>>> answer =
        client.sendAsync(request.build(), info -> new Watched<>(body(info, reader), signals));
    try {
      return await(answer, signals);
    } finally {
      // ends the connection of an answer that is not waited for any more
      answer.cancel(true);
    }
  }

  /** A refusal is read too, if it is short: the connection can be used again then. */
  private static <T> BodySubscriber<Optional<T>> body(ResponseInfo info, BodyReader<T> reader) {
    return info.statusCode() >= 200 && info.statusCode() < 300
        ? BodySubscribers.mapping(reader.of(info), Optional::ofNullable)
        : BodySubscribers.mapping(new LimitedText(PROBLEM_BYTES, true), text -> Optional.empty());
  }

  private <T> T await(CompletableFuture<T> answer, AtomicLong signals)
      throws IOException, InterruptedException {
    long seen = signals.get();
    while (true) {
      try {
        return answer.get(idle.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long now = signals.get();
        if (now == seen) {
          throw new TransientFailure("sends nothing any more", null);
        }
        seen = now;
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof IOException failure) {
          throw failure;
        }
        if (cause instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IOException(cause);
      }
    }
  }
}
