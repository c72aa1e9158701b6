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
  void theScriptRunsWithoutAHome() throws Exception {
    Path script = Path.of("..", "omnimamba").toAbsolutePath().normalize();
    // all that comes before the build, which this test does not want
    String lines = Files.readString(script).replaceFirst("(?s)\nbuild\n.*", "\n");
    Process process = new ProcessBuilder("bash", "-s").redirectErrorStream(true).start();
    try (var stdin = process.outputWriter()) {
      stdin.write("unset HOME OMNIMAMBA_HOME\n" + lines + "echo \"home is $HOME\"\n");
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("home is /");
  }
}
