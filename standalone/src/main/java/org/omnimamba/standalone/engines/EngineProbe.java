package org.omnimamba.standalone.engines;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks an engine how it is, as an orchestrator asks a container. */
final class EngineProbe {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Duration patience;

  EngineProbe(Duration patience) {
    this.patience = patience;
  }

  /** What an engine says. */
  enum Answer {
    READY,
    /** It takes no requests now. */
    REFUSES,
    /** Only another process helps. */
    BROKEN,
    NONE
  }

  Answer ask(int port) throws InterruptedException {
    try {
      if (status(port, "/readyz") == OK) {
        return Answer.READY;
      }
      return status(port, "/livez") == UNAVAILABLE ? Answer.BROKEN : Answer.REFUSES;
    } catch (IOException e) {
      return Answer.NONE;
    }
  }

  private int status(int port, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(EngineProcess.LOOPBACK + port + path))
            .timeout(patience)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
