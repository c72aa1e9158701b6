package org.omnimamba.benchmarks.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service in a process of its own on loopback, as it is deployed, until it is closed. */
final class ServiceProcess implements AutoCloseable {
  static final String KEY = "key-of-the-gateway-benchmark";
  static final String INTERNAL_TOKEN = "token-of-the-gateway-benchmark";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final int port;
  private final Path log;

  private ServiceProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** inference-service with room for every client at once. */
  static ServiceProcess inference(Path model, int clients) throws Exception {
    return start(
        "org.omnimamba.inference.InferenceServiceApplication",
        "omnimamba.inference.model=" + model,
        "omnimamba.inference.engine.slots=32",
        "omnimamba.inference.engine.max-waiting=" + (clients + 100),
        "omnimamba.inference.engine.tenant-share=1",
        "omnimamba.inference.engine.max-tokens=10000000");
  }

  /** A gateway whose limits no request reaches. */
  static ServiceProcess gateway(String inferenceUrl) throws Exception {
    return start(
        "org.omnimamba.gateway.GatewayServiceApplication",
        "omnimamba.gateway.inference-urls=" + inferenceUrl,
        "omnimamba.gateway.jobs-url=http://127.0.0.1:1",
        "omnimamba.gateway.api-key=" + KEY,
        "omnimamba.gateway.limits.everyone.requests-per-minute=10000000",
        "omnimamba.gateway.limits.everyone.tokens-per-minute=1000000000");
  }

  private static ServiceProcess start(String main, String... settings) throws Exception {
    int port = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                main,
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--management.server.address=127.0.0.1",
                "--management.server.port=0",
                "--omnimamba.internal-token=" + INTERNAL_TOKEN));
    for (String setting : settings) {
      command.add("--" + setting);
    }
    Path log = Files.createTempFile("service", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    ServiceProcess service = new ServiceProcess(process, port, log);
    try {
      service.awaitReady();
      return service;
    } catch (Exception e) {
      service.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/readyz"))
            .header("X-OmniMamba-Internal-Token", INTERNAL_TOKEN)
            .build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not listening yet
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IllegalStateException("did not become ready:\n" + Files.readString(log));
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Processor time that it has used. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      System.err.println("left behind: " + log);
    }
  }
}
