package org.omnimamba.benchmarks.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code omnimamba serve} in a process of its own, ready, until it is closed. */
final class ServedPlatform implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("OmniMamba is ready at (\\S+)");
  private static final Pattern KEY = Pattern.compile("API key: in (.+)");
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final URI address;
  private final String key;
  private final double readySeconds;

  private ServedPlatform(Process process, URI address, String key, double readySeconds) {
    this.process = process;
    this.address = address;
    this.key = key;
    this.readySeconds = readySeconds;
  }

  /**
   * Starts it and waits until it says that it is ready.
   *
   * @param command the command line's program and what stands before {@code serve}
   * @param environment beside what is inherited
   * @param device the options that choose it
   * @param settings for {@code --set}
   * @param limitSeconds after which it is given up
   * @throws IllegalStateException if it ends before, or is not ready in time
   */
  static ServedPlatform start(
      List<String> command,
      Map<String, String> environment,
      Path model,
      List<String> device,
      Map<String, String> settings,
      long limitSeconds)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of("serve", "--model", model.toString(), "--port", "0"));
    whole.addAll(device);
    settings.forEach((name, value) -> whole.addAll(List.of("--set", name + "=" + value)));
    ProcessBuilder builder =
        new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    long begin = System.nanoTime();
    Process process = builder.start();
    CompletableFuture<List<String>> said = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(process, said), "serve-output");
    reader.setDaemon(true);
    reader.start();
    try {
      List<String> lines = said.get(limitSeconds, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - begin) / 1e9;
      String key = Files.readString(Path.of(lines.get(1).strip())).strip();
      return new ServedPlatform(process, URI.create(lines.get(0)), key, seconds);
    } catch (ExecutionException | TimeoutException | InterruptedException | IOException e) {
      stop(process);
      throw new IllegalStateException("the platform did not become ready", e);
    }
  }

  /** Completes with the address and the key's file, and reads on so that nothing fills up. */
  private static void read(Process process, CompletableFuture<List<String>> said) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String address = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
          address = ready.group(1);
        }
        Matcher key = KEY.matcher(line);
        if (key.find()) {
          said.complete(List.of(address, key.group(1)));
        }
      }
      said.completeExceptionally(new IllegalStateException("the platform ended"));
    } catch (IOException e) {
      said.completeExceptionally(e);
    }
  }

  /** Where the gateway listens. */
  URI address() {
    return address;
  }

  /** What the gateway lets in. */
  String key() {
    return key;
  }

  /** From the start of the process. */
  double readySeconds() {
    return readySeconds;
  }

  /** Processor time that it and its database have used. */
  Duration processorTime() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop(process);
  }
}
