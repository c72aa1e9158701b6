package org.omnimamba.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that the tests run. */
public final class Command {
  private static final int PATIENCE_MINUTES = 10;

  private Command() {}

  /** Runs a program to its end; both of its outputs are one. */
  public static Result run(Path folder, String... command) throws Exception {
    Path output = Files.createTempFile("command", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            List.of(command) + " does not end:\n" + Files.readString(output));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  public record Result(int status, String output) {
    public void assertSuccess() {
      assertThat(status).as(output).isZero();
    }
  }
}
