package org.omnimamba.rehearsal;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One replica: its host, its process and what its probes said. */
final class Pod {
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  final String name;
  final Container container;
  final Host host;
  private final Sandbox sandbox;
  private final Image image;
  private final Path log;

  private RunningContainer process;
  private volatile boolean ready;
  private volatile boolean terminating;
  private boolean started;
  private int failedReadiness;
  private int failedLiveness;
  private long nextReadiness;
  private long nextLiveness;
  private volatile int restarts;
  private volatile long peakMemory;

  Pod(String name, Container container, Host host, Sandbox sandbox, Image image, Path logs)
      throws IOException {
    this.name = name;
    this.container = container;
    this.host = host;
    this.sandbox = sandbox;
    this.image = image;
    this.log = logs.resolve(host.name() + ".log");
    this.process = launch();
  }

  private RunningContainer launch() throws IOException {
    return sandbox.start(host, name, container, image, log);
  }

  boolean isReady() {
    return ready;
  }

  boolean isTerminating() {
    return terminating;
  }

  void markTerminating() {
    terminating = true;
  }

  RunningContainer process() {
    return process;
  }

  int restarts() {
    return restarts;
  }

  long peakMemory() {
    return Math.max(peakMemory, process.peakMemory());
  }

  String address(String port) {
    return host.address() + ":" + container.port(port);
  }

  URI management(String path) {
    return URI.create("http://" + address("management") + path);
  }

  /** Does what a node's agent does now: restarts a process that ended, and asks due probes. */
  void look(boolean restart) throws IOException {
    peakMemory = peakMemory();
    if (!process.isAlive()) {
      ready = false;
      if (restart && !terminating) {
        restarts++;
        started = false;
        failedLiveness = 0;
        process = launch();
      }
      return;
    }
    long now = System.nanoTime();
    if (!started) {
      Container.@Nullable Probe probe = container.startup();
      started = probe == null || succeeds(probe);
      return;
    }
    Container.Probe liveness = container.liveness();
    if (restart && liveness != null && now >= nextLiveness) {
      nextLiveness = now + liveness.period() * 1_000_000_000L;
      failedLiveness = succeeds(liveness) ? 0 : failedLiveness + 1;
      if (failedLiveness >= liveness.failures()) {
        process.signal("KILL");
        return;
      }
    }
    Container.Probe readiness = container.readiness();
    if (now >= nextReadiness || !ready) {
      nextReadiness = now + readiness.period() * 1_000_000_000L;
      boolean good = succeeds(readiness);
      failedReadiness = good ? 0 : failedReadiness + 1;
      if (good) {
        ready = true;
      } else if (failedReadiness >= readiness.failures()) {
        ready = false;
      }
    }
  }

  private boolean succeeds(Container.Probe probe) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + host.address() + ":" + probe.port() + probe.path()))
            .timeout(Duration.ofSeconds(probe.timeout()))
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() < 400;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Ends the process as a cluster does: the pause of {@code preStop}, SIGTERM, and SIGKILL after
   * the grace period.
   *
   * @return whether it ended by itself
   */
  boolean terminate() throws InterruptedException {
    Thread.sleep(container.preStopSeconds() * 1000L);
    peakMemory = peakMemory();
    process.signal("TERM");
    int left = Math.max(1, container.graceSeconds() - container.preStopSeconds());
    if (process.await(left).isPresent()) {
      return true;
    }
    process.signal("KILL");
    process.await(10);
    return false;
  }
}
