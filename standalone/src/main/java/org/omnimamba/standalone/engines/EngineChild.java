package org.omnimamba.standalone.engines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that an engine runs in, from its start to its end, and the pipes to it. */
final class EngineChild {
  private static final int SIGNALS_FROM = 128;

  private final Process process;
  private final EngineLog log;
  private final CompletableFuture<EngineMessage> listening = new CompletableFuture<>();
  private volatile String progress = "starting";

  private EngineChild(Process process, EngineLog log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts the process and says what it is to do.
   *
   * @throws IOException if there can be none
   */
  static EngineChild start(EngineDevice device, List<String> command, EngineOrder order)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    if (device.cuda() != null) {
      builder.environment().put(VisibleGpus.VARIABLE, device.cuda());
    }
    EngineChild child = new EngineChild(builder.start(), new EngineLog(device));
    child.read(device, "errors", child.process.errorReader(UTF_8), child.log::line);
    child
        .read(device, "output", child.process.inputReader(UTF_8), child::hear)
        .thenRun(
            () ->
                child.listening.completeExceptionally(
                    new IOException("ended before it listened; its log says why")));
    child.say(JsonMapper.shared().writeValueAsString(order));
    return child;
  }

  /** Reads to the end, which comes when the process ends; completes then. */
  private CompletableFuture<Void> read(
      EngineDevice device, String name, BufferedReader lines, Consumer<String> consumer) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (lines) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  consumer.accept(line);
                }
              } catch (IOException e) {
                // it was killed while it wrote
              } finally {
                end.complete(null);
              }
            },
            "engine-" + device.number() + "-" + name);
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private void hear(String line) {
    JsonNode told = parse(line);
    EngineMessage message = told == null ? null : EngineMessage.of(told);
    if (message != null) {
      hear(message);
    } else if (told != null && told.has("loggerName")) {
      log.event(told);
    } else {
      log.line(line);
    }
  }

  private static @Nullable JsonNode parse(String line) {
    if (!line.startsWith("{")) {
      return null;
    }
    try {
      return JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      return null;
    }
  }

  private void hear(EngineMessage message) {
    if (message.port() != 0) {
      listening.complete(message);
    }
    if (message.progress() != null) {
      progress = message.progress();
    }
    if (message.failure() != null) {
      listening.completeExceptionally(new IOException("did not start: " + message.failure()));
    }
  }

  /** What the process cannot be told any more, its end tells. */
  private void say(String line) {
    try {
      OutputStream in = process.getOutputStream();
      in.write((line + "\n").getBytes(UTF_8));
      in.flush();
    } catch (IOException e) {
      // it has ended
    }
  }

  /** Where it listens, once it does; fails with the reason if it ends before. */
  CompletableFuture<EngineMessage> listening() {
    return listening;
  }

  /** What it does until it is ready, in a few words. */
  String progress() {
    return progress;
  }

  /** Asks it to end in order. */
  void stop() {
    say(ParentLink.STOP);
  }

  /** Ends it, whatever it does. */
  void kill() {
    process.destroyForcibly();
  }

  /** Waits for its end; false if that takes longer. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return process.waitFor(Math.max(0, patience.toNanos()), NANOSECONDS);
  }

  /** How the process has ended, in a few words. */
  String end() {
    int status = process.exitValue();
    return status > SIGNALS_FROM
        ? "was ended by signal " + (status - SIGNALS_FROM)
        : "has ended with status " + status;
  }
}
