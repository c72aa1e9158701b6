package org.omnimamba.model.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this repository lies, whichever directory the tests run in. */
public final class Repository {
  private Repository() {}

  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("the tests do not run inside the repository");
      }
      directory = parent;
    }
    return directory;
  }
}
