package org.omnimamba.standalone.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Waits until a service says that it can work. */
public final class Readiness {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);

  private Readiness() {}

  /** As {@link #await(String, Runnable)}, with nothing to do meanwhile. */
  public static void await(String url) throws IOException, InterruptedException {
    await(url, () -> {});
  }

  /**
   * Returns when the address answers 200. There is no limit in time: loading weights takes as long
   * as it takes, and a service that cannot load them ends with an error of its own.
   *
   * @param meanwhile done after each answer that is another one
   * @throws IOException if nothing listens there any more
   */
  public static void await(String url, Runnable meanwhile)
      throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(REQUEST_LIMIT).build();
    while (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
      meanwhile.run();
      Thread.sleep(PAUSE.toMillis());
    }
  }
}
