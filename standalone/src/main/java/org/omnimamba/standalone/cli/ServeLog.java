package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.standalone.OmniMambaHome;

/** Where the services of {@code serve} log: to a file, with errors on standard error as well. */
final class ServeLog {
  /** Named by Spring Boot. */
  private static final String CONFIGURATION = "logging.config";

  private static final String FILE = "omnimamba.log";

  private ServeLog() {}

  /**
   * Services that start from now on log to a file.
   *
   * @return the file, or null where a configuration of the user's own says where they log
   */
  static @Nullable Path to(OmniMambaHome home) throws IOException {
    if (System.getProperty(CONFIGURATION) != null) {
      return null;
    }
    Path file = Files.createDirectories(home.resolve("logs")).resolve("serve.log");
    System.setProperty(FILE, file.toString());
    System.setProperty(CONFIGURATION, "classpath:omnimamba-serve-logback.xml");
    return file;
  }
}
