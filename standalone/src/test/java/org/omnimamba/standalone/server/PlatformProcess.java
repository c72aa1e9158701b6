package org.omnimamba.standalone.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.omnimamba.standalone.OmniMambaHome;

/** The platform in a process of its own, for tests that kill it: {@code HOME MODEL}. */
public final class PlatformProcess {
  private PlatformProcess() {}

  public static void main(String[] args) throws Exception {
    OmniMambaHome home = OmniMambaHome.at(Path.of(args[0]));
    Platform platform =
        Platform.start(home, new StandaloneOptions(Path.of(args[1]), 0, "127.0.0.1", Map.of()));
    System.out.println("READY " + platform.url());
    new CountDownLatch(1).await();
  }
}
