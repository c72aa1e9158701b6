package org.omnimamba.jobs.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.omnimamba.jobs.JobServiceApplication;

/**
 * The service in a process of its own that works and answers no clients, for tests that kill it.
 *
 * @param name the {@code applicationName} of its connections
 */
public record WorkerProcess(String name, Process process) implements AutoCloseable {
  public static void main(String[] args) {
    JobServiceApplication.builder().run(args);
  }

  /**
   * Starts a process.
   *
   * @param settings besides those of the service
   */
  public static WorkerProcess start(TestService service, String name, String... settings)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                // it starts in less time, and does not live long
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName()));
    String[] all =
        Stream.concat(
                Stream.of(
                    "omnimamba.jobs.api.enabled=false",
                    "spring.r2dbc.url="
                        + service.database().r2dbcUrl()
                        + "?applicationName="
                        + name),
                Arrays.stream(settings))
            .toArray(String[]::new);
    command.addAll(List.of(service.arguments(all)));
    return new WorkerProcess(
        name,
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: it holds its connections, and does and says nothing. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill -" + signal + " ended with " + code);
    }
  }

  /** Kills it, and returns when it is gone. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
