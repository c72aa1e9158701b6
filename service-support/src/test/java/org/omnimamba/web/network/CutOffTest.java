package org.omnimamba.web.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of its own in which packets are dropped in the middle of responses. */
class CutOffTest {
  private static final int PATIENCE_MINUTES = 5;

  @TempDir Path folder;

  @Test
  void connectionsEndWhenTheOtherSideIsCutOff() throws Exception {
    List<String> command = new ArrayList<>(List.of("unshare", "--net"));
    if (!System.getProperty("user.name").equals("root")) {
      command.add("--map-root-user");
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            CutOffProgram.class.getName()));
    Result result = run(command);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output().lines())
        .contains("epoll ended", "nio ended", "socket ended", "unwatched is still open");
  }

  private Result run(List<String> command) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
    }
    return new Result(process.exitValue(), Files.readString(output));
  }

  private record Result(int status, String output) {}
}
