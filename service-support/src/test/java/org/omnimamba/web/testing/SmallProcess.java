package org.omnimamba.web.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A service in a process of its own, with the memory of a container of 768 MiB. */
public final class SmallProcess implements AutoCloseable {
  public static final long CONTAINER_BYTES = 768L << 20;

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern STARTED = Pattern.compile("Netty started on port (\\d+)");

  private final Process process;
  private final Path log;
  private final int port;

  private SmallProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || log().contains("Started "));
    Matcher started = STARTED.matcher(log());
    if (!started.find()) {
      throw new AssertionError("the service did not start:\n" + log());
    }
    this.port = Integer.parseInt(started.group(1));
  }

  /**
   * Starts a service and waits until its port is open.
   *
   * @param settings each {@code name=value}
   */
  public static SmallProcess start(Class<?> application, Path folder, String... settings)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:MaxRAM=768m",
                "-XX:MaxRAMPercentage=50",
                "-XX:MaxDirectMemorySize=128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                application.getName(),
                "--server.port=0",
                "--management.server.port=0"));
    for (String setting : settings) {
      command.add("--" + setting);
    }
    Path log = folder.resolve("service.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      return new SmallProcess(process, log);
    } catch (RuntimeException | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Sends the same body several times at once; the statuses of the responses. */
  public List<Integer> post(int times, String path, byte[] body, String... headers) {
    ExecutorService threads = Executors.newFixedThreadPool(2 * times);
    try {
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        answers.add(
            CompletableFuture.supplyAsync(() -> post(threads, path, body, headers), threads));
      }
      return answers.stream().map(CompletableFuture::join).toList();
    } finally {
      threads.shutdownNow();
    }
  }

  private int post(ExecutorService threads, String path, byte[] body, String... headers) {
    StringBuilder head =
        new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n")
            .append("Content-Type: application/json\r\nContent-Length: ")
            .append(body.length)
            .append("\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    head.append("\r\n");
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      OutputStream out = socket.getOutputStream();
      threads.execute(
          () -> {
            try {
              out.write(head.toString().getBytes(US_ASCII));
              out.write(body);
            } catch (IOException e) {
              // A body that is refused need not be read to its end.
            }
          });
      String status =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
      if (status == null) {
        throw new AssertionError("no response; is the service alive: " + process.isAlive());
      }
      return Integer.parseInt(status.split(" ")[1]);
    } catch (IOException e) {
      throw new AssertionError("no response; the service " + process + " wrote:\n" + log(), e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The most memory that the process has had, in bytes. */
  public long peakBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
  }
}
