package org.omnimamba.jobs.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.jobs.JobServiceApplication;

/** The service in a process of its own, for tests that kill it. */
public final class WorkerProcess {
  private WorkerProcess() {}

  public static void main(String[] args) {
    JobServiceApplication.builder().run(args);
  }

  /**
   * Starts a process.
   *
   * @param arguments from {@link TestService#arguments}
   */
  public static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
