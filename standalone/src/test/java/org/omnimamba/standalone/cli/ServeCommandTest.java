package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code serve} refuses before it starts anything. */
class ServeCommandTest {
  private static final String MODEL =
      Path.of("..", "models", "omnimamba-emoji").toAbsolutePath().normalize().toString();

  private final CommandRun run = new CommandRun();

  @Test
  void aTakenPortIsSaidAtOnce() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int status =
          run.execute("serve", "--model", MODEL, "--port", Integer.toString(taken.getLocalPort()));
      assertThat(status).isEqualTo(1);
      assertThat(run.err())
          .contains("port " + taken.getLocalPort() + " is in use")
          .contains("--port");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsSaidAtOnce() {
    assertThat(run.execute("serve", "--model", MODEL, "--address", "192.0.2.1", "--port", "0"))
        .isEqualTo(1);
    assertThat(run.err()).contains("192.0.2.1 is not an address of this machine");
    assertThat(run.execute("serve", "--model", MODEL, "--address", "no such name", "--port", "0"))
        .isEqualTo(1);
    assertThat(run.err()).contains("no such name is neither an address nor a name");
  }

  @Test
  void anUnknownDeviceOrProfileIsWrongUsage() {
    assertThat(run.execute("serve", "--device", "tpu")).isEqualTo(2);
    assertThat(run.err()).contains("--device").contains("CPU").contains("GPU");
    assertThat(run.execute("serve", "--profile", "quick")).isEqualTo(2);
    assertThat(run.err()).contains("--profile").contains("FAST");
  }

  @Test
  void theScriptRunsWithoutAHome() throws Exception {
    assertThat(script("unset HOME OMNIMAMBA_HOME", "", "echo \"home is $HOME\""))
        .contains("home is /");
  }

  @Test
  void theScriptBuildsForAGpuWhereOneIsAskedFor() throws Exception {
    String x86 =
        "unset OMNIMAMBA_TENSORFLOW; uname() { [ \"$1\" = -s ] && echo Linux || echo x86_64; }";
    String stamp = "cat() { echo; }";
    String say = "echo \"for $platform.\"";
    assertThat(script(x86 + "; " + stamp, "serve", say)).contains("for linux-x86_64.");
    for (String arguments :
        new String[] {"serve --device gpu", "serve --device=GPU", "serve --port 1 --device gpu"}) {
      assertThat(script(x86 + "; " + stamp, arguments, say)).contains("for linux-x86_64-gpu.");
    }
    assertThat(script(x86 + "; " + stamp, "serve --device cpu", say)).contains("for linux-x86_64.");
    assertThat(script(x86 + "; cat() { echo linux-x86_64-gpu; }", "image x", say))
        .as("what was built for a GPU is kept")
        .contains("for linux-x86_64-gpu.");
    assertThat(script("OMNIMAMBA_TENSORFLOW=linux-arm64", "serve --device gpu", say))
        .contains("for linux-arm64.");
  }

  /** What the script says with other lines in place of those that build and start. */
  private static String script(String before, String arguments, String after) throws Exception {
    Path script = Path.of("..", "omnimamba").toAbsolutePath().normalize();
    String lines = Files.readString(script).replaceFirst("(?s)\nbuild\n.*", "\n");
    Process process =
        new ProcessBuilder("bash", "-c", "exec bash -s -- " + arguments)
            .redirectErrorStream(true)
            .start();
    try (var stdin = process.outputWriter()) {
      stdin.write(before + "\n" + lines + after + "\n");
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
