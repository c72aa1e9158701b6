package org.omnimamba.hub;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.omnimamba.hub.cli.FetchMain;

/** {@code fetch} in a process of its own. */
final class FetchProcess implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private FetchProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static FetchProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    Path out = Files.createTempFile("fetch", ".out");
    Path err = Files.createTempFile("fetch", ".err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(FetchMain.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(k -> k.startsWith("HF_") || k.matches("(?i).*_proxy"));
    builder.environment().putAll(environment);
    return new FetchProcess(builder.start(), out, err);
  }

  int end() throws InterruptedException {
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException("fetch does not end");
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  String out() throws IOException {
    return Files.readString(out).strip();
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() throws Exception {
    kill();
    Files.delete(out);
    Files.delete(err);
  }
}
