package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.cli.OmniMambaCommand;

/** {@code serve --devices 0,1} in a process of its own leaves no engine behind, however it ends. */
class ServeSeveralEnginesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  @Test
  void enginesEndWithTheProcessThatStartedThem() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    Process killed = spawn(home);
    List<ProcessHandle> engines = List.of();
    try {
      url(killed);
      engines = SeveralEnginesTest.engines(killed.toHandle()).toList();
      assertThat(engines).hasSize(2);
      killed.destroyForcibly();
      awaitEnd(engines);
    } finally {
      killed.destroyForcibly();
      engines.forEach(ProcessHandle::destroyForcibly);
    }

    // which also ends the database that the first one left behind
    Process stopped = spawn(home);
    try {
      GatewayClient client = new GatewayClient(url(stopped), LaptopKeys.load(home).apiKey());
      engines = SeveralEnginesTest.engines(stopped.toHandle()).toList();
      for (ProcessHandle engine : engines) {
        // as Ctrl-C reaches them too
        SeveralEnginesTest.signal("INT", engine);
      }
      client.postJson("/v1/images/generations", GatewayClient.image("a bed"), 200);
      stopped.destroy();
      assertThat(stopped.waitFor(3, TimeUnit.MINUTES)).isTrue();
      awaitEnd(engines);
    } finally {
      stopped.destroyForcibly();
      engines.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void serveEndsWhereNoEngineCanWork() throws Exception {
    // a driver that shows two GPUs, and a TensorFlow that can use none
    Path driver = Files.createDirectory(folder.resolve("driver")).resolve("nvidia-smi");
    Files.writeString(driver, "#!/bin/sh\necho 0\necho 1\n");
    assertThat(driver.toFile().setExecutable(true)).isTrue();
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("no-gpu"));
    ProcessBuilder builder = command(home, "--device", "gpu");
    builder.environment().merge("PATH", driver.getParent() + ":", (path, first) -> first + path);
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    Path errors = folder.resolve("errors");
    Process serve =
        builder
            .redirectError(errors.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    try {
      assertThat(serve.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(serve.exitValue()).isEqualTo(1);
      assertThat(Files.readString(errors))
          .contains("none of the 2 engines became ready; why is said in ");
      assertThat(Files.readString(home.directory().resolve("logs").resolve("serve.log")))
          .contains("GPU");
    } finally {
      serve.destroyForcibly();
    }
  }

  private static void awaitEnd(List<ProcessHandle> engines) {
    await().atMost(PATIENCE).until(() -> engines.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static Process spawn(OmniMambaHome home) throws IOException {
    return command(home, "--device", "cpu", "--devices", "0,1")
        .redirectError(Files.createTempFile(home.directory(), "serve", ".log").toFile())
        .start();
  }

  private static ProcessBuilder command(OmniMambaHome home, String... devices) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // the engines' processes have these too
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OmniMambaCommand.class.getName(),
                "serve",
                "--model",
                TinyModel.directory().toString(),
                "--port",
                "0"));
    command.addAll(List.of(devices));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMNIMAMBA_HOME", home.directory().toString());
    return builder;
  }

  /** Where it listens, once all engines are ready. */
  private static String url(Process serve) throws IOException {
    BufferedReader output = serve.inputReader();
    List<String> seen = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      seen.add(line);
      if (line.contains("Stop:")) {
        ProcessOutput.drain(output);
        break;
      }
    }
    assertThat(seen).contains("  Engines: 2 of 2 are ready");
    return seen.get(0).replaceAll(".* at (\\S+) .*", "$1");
  }
}
