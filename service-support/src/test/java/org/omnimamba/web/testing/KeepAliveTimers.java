package org.omnimamba.web.testing;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What the kernel says of connections: whether it asks the other side if it is there. */
public final class KeepAliveTimers {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private KeepAliveTimers() {}

  /** Waits until a connection to a port of this machine has its timer for questions running. */
  public static void awaitOneTo(int port) {
    await()
        .atMost(PATIENCE)
        .until(() -> connectionsTo(port).matches("(?s).*timer:\\(keepalive,[0-9.]+m?s.*"));
  }

  private static String connectionsTo(int port) throws Exception {
    Process process =
        new ProcessBuilder("ss", "-tnoH", "state", "established", "( dport = :" + port + " )")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("ss failed: " + output);
    }
    return output;
  }
}
